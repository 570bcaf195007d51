"""Finds errors that scripts of the page threw or logged and that are new since the last good session. Pure."""

import re
from collections.abc import Iterator, Sequence

from core.debugging.recorded_url import split_recorded
from core.diagnosis.console_words import short_error
from core.diagnosis.finding import Finding
from core.diagnosis.json_fields import lost_fields
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.registrable_domain import registrable_domain
from core.diagnosis.session_facts import ConsoleFact, SessionFact
from core.diagnosis.words import short

DIGIT = re.compile(r"\d")
FIGURES = re.compile(r"\b[0-9a-f-]+", re.IGNORECASE)
# Errors that only wrong code or unexpected data cause; V8 also calls a failed request a TypeError.
FAULT = re.compile(
    r"\b(?:Type|Reference|Range|Syntax)Error: (?!.*(?:\bfetch\b|dynamically imported|NetworkError))|"
    r"Minified React error #\d"
)
# What maps, captchas, payments and searches log if they refuse the website's key or account.
REFUSED_KEY = re.compile(
    r"\b(?:api|site|access|licen[cs]e|publishable)[ _-]?(?:key|token)\b|"
    r"\b\w{0,40}(?:Key|Referer|Url|Billing|Project|Api|Quota)\w{0,40}MapError|"
    r"\bquota (?:limit|exceeded|reached|is )|\brate limit|\benable billing|billing (?:account|is|has)\b|"
    r"licen[cs]e (?:has )?expired|(?:subscription|trial|plan) (?:has )?expired|"
    r"(?:unauthori[sz]ed|invalid|not allowed|not authori[sz]ed) (?:for (?:this )?)?(?:domain|origin|referr?er)|"
    r"(?:domain|origin|referr?er)\b.{0,60}\bnot (?:allowed|authori[sz]ed)",
    re.IGNORECASE,
)
# What V8, SpiderMonkey and JavaScriptCore say of a missing value, and of a value of another type than expected.
MISSING_VALUE = re.compile(r"TypeError: .{0,300}?(?:\bundefined\b|\bnull\b|is not (?:a function|iterable|an object))")
JSON_TEXT = re.compile(r"SyntaxError: .{0,300}?JSON")


def new_exceptions(session: SessionFact, good: SessionFact | None) -> list[ConsoleFact]:
    """Return the uncaught errors that the good session did not have."""
    before = {line.text for line in good.exceptions} if good else set()
    return [line for line in session.exceptions if line.text not in before]


def thrown_error(session: SessionFact, good: SessionFact | None, errors: Sequence[ConsoleFact]) -> Finding:
    """Report the first of *errors*, which are uncaught; one of the website's own code before one of a third party."""
    chosen = sorted(errors, key=lambda line: is_third_party_error(line, session))
    is_new = good is not None and chosen[0] in new_exceptions(session, good)
    if is_new and _is_refused(chosen[0], session):
        return _refusal(session, chosen[:1])
    return Finding(
        kind=Kind.PAGE_ERROR,
        sentence=f"A script of the page threw an uncaught error: {short_error(chosen[0])}"
        f"{_data_of(chosen[0], session, good)}.",
        confidence=Confidence.LIKELY if is_new and not is_third_party_error(chosen[0], session) else Confidence.NOTE,
        why=("The last good session threw no such error." if is_new else "It may have thrown it before.")
        + (" Only a script of a third party was running." if is_third_party_error(chosen[0], session) else ""),
        rows=session.console_rows(chosen[:3]),
    )


def logged_errors(session: SessionFact, good: SessionFact) -> Iterator[Finding]:
    """Yield the first new error that scripts caught and logged; a fault in the website's own code is a likely cause."""
    before = {_without_figures(line) for line in good.console}
    new = [
        line
        for line in session.console
        if line.source == "console" and line.level == "error" and _without_figures(line) not in before
    ]
    faults = [line for line in new if FAULT.search(line.text) and _is_own(line, session)]
    if faults:
        yield Finding(
            kind=Kind.PAGE_ERROR,
            sentence=f"The page's script fails with an error that it catches and logs: {short_error(faults[0])}"
            f"{_data_of(faults[0], session, good)}.",
            confidence=Confidence.LIKELY,
            why="Frameworks such as Angular, React and Vue log such an error and leave out the part of the page that "
            "caused it. The last good session logged no such error.",
            rows=session.console_rows(faults[:3]),
        )
    elif refused := [line for line in new if _is_refused(line, session)]:
        yield _refusal(session, refused)
    elif new:
        yield Finding(
            kind=Kind.PAGE_ERROR,
            sentence=f"The page's script logged an error: {short_error(new[0])}.",
            confidence=Confidence.NOTE,
            why="A script wrote it to the console. No script did in the last good session.",
            rows=session.console_rows(new[:3]),
        )


def _refusal(session: SessionFact, lines: Sequence[ConsoleFact]) -> Finding:
    return Finding(
        kind=Kind.THIRD_PARTY_FAILED,
        sentence=f"A third party refuses the website's key or account: {short_error(lines[0])}.",
        confidence=Confidence.LIKELY,
        why="Its script reports this error. No script did in the last good session.",
        rows=session.console_rows(lines[:3]),
    )


def _is_refused(line: ConsoleFact, session: SessionFact) -> bool:
    return not _is_own(line, session) and REFUSED_KEY.search(line.text) is not None


def _is_own(line: ConsoleFact, session: SessionFact) -> bool:
    """Return whether a script of the website itself logged *line*, and not one of a third party."""
    return line.url is not None and registrable_domain(line.url) == registrable_domain(session.url)


def is_third_party_error(line: ConsoleFact, session: SessionFact) -> bool:
    """Return whether only scripts of a third party were running, and none of them refuses the website's key."""
    host = split_recorded(session.url).netloc
    is_foreign = line.url is not None and not _is_own(line, session) and f"//{host}/" not in line.text
    return is_foreign and not _is_refused(line, session)


def _without_figures(line: ConsoleFact) -> str:
    """Return the message without parts that change with each visit, such as times and ids."""
    return FIGURES.sub(lambda found: "#" if DIGIT.search(found[0]) else found[0], line.text)


def _data_of(line: ConsoleFact, session: SessionFact, good: SessionFact | None) -> str:
    """Say which data from the server probably caused the error; "" if nothing points to data."""
    if good is not None and MISSING_VALUE.search(line.text) is not None:
        return lost_fields(session, good)
    return _over(line, session)


def _over(line: ConsoleFact, session: SessionFact) -> str:
    """Name the last response before a JSON syntax error: probably the script failed to parse it."""
    if JSON_TEXT.search(line.text) is None:
        return ""
    came = [
        (exchange.end_ms, exchange.url)
        for exchange in session.exchanges
        if exchange.is_call and not exchange.is_failed and exchange.duration_ms is not None
    ]
    _at, url = max((pair for pair in came if pair[0] <= line.offset_ms), default=(0.0, ""))
    return f"; the last response to a script before it was {short(url, session.url)}" if url else ""
