"""Finds a deploy since the last good session, and whether the page fails because of it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from core.debugging.compare import Comparison, Difference, Pair, compare
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.console_words import short_error
from core.diagnosis.evidence import Evidence
from core.diagnosis.failed_requests import failed_requests
from core.diagnosis.finding import Finding, Row
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.registrable_domain import registrable_domain
from core.diagnosis.rules.page_errors import new_exceptions
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import listed, short
from core.phrases import counted

VERSIONS = ("v", "ver", "version", "rev", "build", "hash", "h")  # names of version parameters in a query
CLOCK = re.compile(r"\d{10}|\d{13}")  # seconds or milliseconds since 1970: the time of the visit, not a version
RENAMED = "In the last good session the same files had other build fingerprints in their names."
LETTERS = re.compile(r"[A-Za-z]+")


def change(evidence: Evidence) -> Iterator[Finding]:
    """Compare the page's scripts and style sheets with those of the last good session."""
    session, good = evidence.page, evidence.good_page
    if session is None or good is None:
        return
    renamed = renamed_assets(session, compare(good.exchanges, session.exchanges))
    if renamed:
        yield _deploy(session, good, renamed)


def renamed_assets(session: SessionFact, comparison: Comparison) -> list[Pair]:
    """Return the website's own scripts and style sheets that have another content hash or folder than before."""
    before = [pair.before for pair in comparison.pairs if pair.before]
    known = {exchange.url for exchange in before}
    same = {_file(exchange): exchange for exchange in reversed(before)}
    kept = {_file(pair.after) for pair in comparison.pairs if pair.after}
    renamed = {}
    for pair in (*comparison.pairs, *_similar(comparison)):
        after = pair.after
        if after is None or not after.is_code or after.url in known:
            continue
        was = pair.before
        if was is None or _file(was) != _file(after):  # prefer the same file in another folder over another file
            was = same.get(_file(after), None if was is None or _file(was) in kept else was)
        is_own = registrable_domain(after.url) == registrable_domain(session.url)
        if was is not None and is_own and _is_renamed(was.url, after.url):
            renamed[after.exchange_id] = replace(pair, before=was)
    return list(renamed.values())


def _file(exchange: Exchange) -> tuple[str | None, str, str]:
    """Return the identity of a file without its folder and query."""
    return exchange.resource_type, split_recorded(exchange.url).netloc, _name(exchange.url)


def _is_renamed(before: str, after: str) -> bool:
    """Whether the path or a version in the query differs; other parameters may only bypass caches."""
    was, now = split_recorded(before), split_recorded(after)
    had, has = dict(parse_qsl(was.query)), dict(parse_qsl(now.query))
    versions = [name for name in VERSIONS if not CLOCK.fullmatch(has.get(name, ""))]
    return was.path != now.path or any(had.get(name) != has.get(name) for name in versions)


def _similar(comparison: Comparison) -> Iterator[Pair]:
    """Pair gone with new files of similar names, for hashes of only letters and versions (app.v2.js)."""
    gone = {_stem(pair.before): pair.before for pair in comparison.of(Difference.GONE) if pair.before}
    for pair in comparison.of(Difference.NEW):
        before = gone.pop(_stem(pair.after), None) if pair.after else None
        if before is not None:
            yield Pair(difference=Difference.NEW, before=before, after=pair.after)


def _stem(exchange: Exchange) -> tuple[str | None, str, str]:
    """Return the resource type, the first word of the file name, and its extension."""
    name = _name(exchange.url)
    word = LETTERS.match(name)
    return exchange.resource_type, word.group().lower() if word else "", name.rpartition(".")[2]


def _deploy(session: SessionFact, good: SessionFact, renamed: Sequence[Pair]) -> Finding:
    failing = _failing(session, good, renamed)
    was, now = _names(failing.first)
    changed = f"the name{'s' if len(renamed) > 1 else ''} of {counted(len(renamed), 'asset')} changed ({was} → {now})"
    why = " ".join(filter(None, (RENAMED if not was.startswith("/") else "", _moved(failing.first))))
    if failing.words is None:
        return Finding(
            kind=Kind.DEPLOY,
            sentence=f"The website was deployed since the last good session: {changed}.",
            confidence=Confidence.NOTE,
            why=why,
            rows=failing.rows,
        )
    return Finding(
        kind=Kind.DEPLOY,
        sentence=f"The page has failed since a deploy: {changed}, and {failing.words}.",
        confidence=Confidence.HIGH if failing.is_of_them else Confidence.LIKELY,
        why=f"{why} The failing resource did not fail then.",
        rows=failing.rows,
    )


def _moved(pair: Pair) -> str:
    """Return a sentence about the folder that the page asks for now, where it is another one than before."""
    was, now = (
        _path(exchange.url).rpartition("/")[0] + "/" if exchange else "" for exchange in (pair.before, pair.after)
    )
    if was == now:
        return ""
    return (
        f"The page asks for them below {now}, and asked below {was} before: "
        "the build may have another base path, or its files may be missing on the server."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failing:
    """Failures of a page since some of its assets were renamed."""

    words: str | None
    """Description of the failure; None if nothing fails."""
    is_of_them: bool
    """Whether a renamed asset itself fails or throws an error."""
    first: Pair
    """The renamed asset that fails, else any renamed asset."""
    rows: tuple[Row, ...]


def _failing(session: SessionFact, good: SessionFact, renamed: Sequence[Pair]) -> _Failing:
    names = {pair.after.exchange_id: pair for pair in renamed if pair.after}
    new = [failure for failure in failed_requests(session, good) if failure.is_harmful]
    among = [failure for failure in new if failure.exchange.exchange_id in names]
    thrown = new_exceptions(session, good)
    thrown_there = [line for line in thrown if line.url in {pair.after.url for pair in renamed if pair.after}]
    failing: list[Exchange | None] = [failure.exchange for failure in among] or [pair.after for pair in renamed]
    if among:
        words = f"{_name(among[0].exchange.url)} fails with {among[0].reason}"
    elif new:
        urls = list(dict.fromkeys(short(failure.exchange.url, session.url) for failure in new))
        words = f"{listed(urls)} {'fail' if len(urls) > 1 else 'fails'} with {new[0].reason}"
    elif thrown:
        words = f"the page throws {short_error((thrown_there or thrown)[0])}"
    else:
        words = None
    return _Failing(
        words=words,
        is_of_them=bool(among or thrown_there),
        first=names[among[0].exchange.exchange_id] if among else renamed[0],
        rows=session.rows_of(*failing[:3]) + session.console_rows(thrown_there[:1]),
    )


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _names(pair: Pair) -> tuple[str, str]:
    """Return the shortest differing names of both: the file name, else the path, else the name with its query."""
    was, now = (exchange.url if exchange else "" for exchange in (pair.before, pair.after))
    for shown in (_name, _path, _query):
        if shown(was) != shown(now):
            return shown(was), shown(now)
    return _name(was), _name(now)


def _query(url: str) -> str:
    return f"{_name(url)}?{split_recorded(url).query}"


def _path(url: str) -> str:
    return split_recorded(url).path
