"""Finds what is wrong with a page as visitors see it, although its requests succeed: empty, loading, covered. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from core.debugging.shown_page import TEXT_CHARACTERS
from core.diagnosis.evidence import Evidence
from core.diagnosis.failed_requests import failed_requests
from core.diagnosis.finding import Finding, Row
from core.diagnosis.html_errors import IN_ERROR, SMALL_CHARACTERS, TEXT_PATTERNS, TextPattern
from core.diagnosis.html_text import visible
from core.diagnosis.json_fields import lost_fields
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.page_errors import logged_errors, new_exceptions
from core.diagnosis.rules.page_text import quoted
from core.diagnosis.session_facts import SessionFact
from core.phrases import shortened

EMPTIED_CHARACTERS = 20  # a page with less text may consist of pictures
MAX_PART = 80
AROUND = 40  # characters of a quote before and after a wrong value
# What scripts write if a value is missing or has the wrong type; PHP and Ruby report undefined functions.
WRONG = re.compile(
    r"\bNaN\b|\bundefined\b(?! (?:array|constant|function|index|method|offset|property|variable)\b)|"
    r"\[object \w{1,40}\]|\bInvalid Date\b"
)
APPLICATION_ERRORS = TextPattern(
    kind=Kind.CONTENT_CHANGED,
    what=IN_ERROR,
    pattern=re.compile(
        r"something went wrong|an? (?:unexpected |unknown )?error (?:has )?occurred|"
        r"(?:(?:could|ca|was|were)n['’]t|(?:could|can|was|were) ?not|(?:unable|failed) to) (?:be )?"
        r"(?:load|connect)(?:ed)?\b|"
        r"\bconnection (?:was |is )?(?:lost|closed)\b|browser is (?:not supported|outdated|too old)|"
        r"unsupported browser|enable (?:javascript|cookies)|session (?:has |is )?expired|etwas ist schief|"
        r"ein fehler ist aufgetreten|une erreur (?:s['’]est produite|est survenue)|ha ocurrido un error",
        re.IGNORECASE,
    ),
)


def shown_page(evidence: Evidence) -> Iterator[Finding]:
    """Report what the page shows at its end and the last good session did not."""
    session, good = evidence.page, evidence.good_page
    now = session.shown_page if session else None
    if session is None or now is None or "load" not in session.milestones:
        return
    before = good.shown_page if good else None
    if good is None or before is None:
        if (wrong := WRONG.search(now.text)) is not None:
            yield _finding(session, f"{_wrong(wrong)}.", Confidence.NOTE)
        return
    is_explained = evidence.check is not None or _is_explained(session, good)
    confidence = Confidence.NOTE if is_explained else Confidence.LIKELY
    if now.is_empty and len(before.text) >= EMPTIED_CHARACTERS and "first_contentful_paint" in session.milestones:
        words = f"The page is empty at the end. In the last good session it began with “{shortened(before.text, 60)}”."
        yield _finding(session, words, confidence, Kind.BLANK_PAGE)
    if now.loading and not before.loading:
        words = f"The page still shows a loading indicator, although it has loaded: {now.loading}."
        yield _finding(session, words, Confidence.NOTE if _is_waiting(session) else confidence)
    if now.cover and not before.cover:
        words = f"An element without content covers the page, so visitors cannot use it: {now.cover}."
        yield _finding(session, words, confidence)
    if (wrong := WRONG.search(now.text)) is not None and wrong[0] not in before.text:
        yield _finding(session, f"{_wrong(wrong)}{lost_fields(session, good)}.", confidence)
    gone, new = _changed(before.text, now.text)
    if gone and not new and now.text and not (now.loading or now.cover):
        yield from _missing(session, good, gone, before.text, confidence)
    if session.dialogs and not good.dialogs:
        words = f"The page opens a dialog: “{shortened(session.dialogs[-1], MAX_PART)}”"
        yield _finding(session, f"{words}{lost_fields(session, good)}.", confidence)
    yield from _told(session, good, new, before.text, confidence)


def _missing(
    session: SessionFact, good: SessionFact, gone: str, before: str, confidence: Confidence
) -> Iterator[Finding]:
    """Report that *gone* is missing from the page; a small part may be intended, such as an offer that has ended."""
    if len(gone) >= EMPTIED_CHARACTERS and len(before) < TEXT_CHARACTERS:
        words = f"A part of the page is missing, and nothing is in its place: “{shortened(gone, MAX_PART)}”"
        is_most = len(gone) * 2 > len(before)
        yield _finding(session, f"{words}{lost_fields(session, good)}.", confidence if is_most else Confidence.NOTE)


def _told(session: SessionFact, good: SessionFact, text: str, before: str, confidence: Confidence) -> Iterator[Finding]:
    """Report words of a failure in *text*, which a script wrote; rule `page_text` reports those in the source."""
    elsewhere = f"{before} {good.title or ''} {visible(good.text)} {visible(session.text)}"
    for known in (*TEXT_PATTERNS, APPLICATION_ERRORS):
        found = known.pattern.search(text)
        if found is None or known.pattern.search(elsewhere):
            continue
        is_short = len(text) <= SMALL_CHARACTERS  # a longer page may only write about such failures
        words = f"The page {known.what}: “{quoted(found)}”."
        yield _finding(session, words, confidence if is_short else Confidence.NOTE, known.kind)
        return


def _changed(before: str, now: str) -> tuple[str, str]:
    """Return the parts in which the texts differ, without the words with which both begin and end."""
    was, shown = before.split(), now.split()
    first = _same(was, shown)
    last = _same(was[first:][::-1], shown[first:][::-1])
    return " ".join(was[first : len(was) - last]), " ".join(shown[first : len(shown) - last])


def _same(one: Sequence[str], other: Sequence[str]) -> int:
    """Return with how many equal words both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _is_explained(session: SessionFact, good: SessionFact) -> bool:
    """Whether a failed request or an error of a script explains what the page shows."""
    is_failing = any(failure.is_harmful for failure in failed_requests(session, good))
    is_faulty = any(finding.confidence is not Confidence.NOTE for finding in logged_errors(session, good))
    return is_failing or is_faulty or bool(new_exceptions(session, good))


def _is_waiting(session: SessionFact) -> bool:
    return any(
        e.resource_type in ("xhr", "fetch") and (e.is_unfinished or not e.status_code) for e in session.exchanges
    )


def _wrong(found: re.Match[str]) -> str:
    quote = found.string[max(0, found.start() - AROUND) : found.end() + AROUND].strip()
    return f"The page shows “{found[0]}” where a value is missing or has the wrong type: “{quote}”"


def _finding(session: SessionFact, sentence: str, confidence: Confidence, kind: Kind = Kind.CONTENT_CHANGED) -> Finding:
    why = "The browser read it from the page at the end of the session; see the last lines of the console."
    if confidence is Confidence.LIKELY:
        why += " In the last good session it was not so. No request that the page needs newly fails, "
        why += "and no script throws a new error."
    return Finding(
        kind=kind, sentence=sentence, confidence=confidence, why=why, rows=(Row(of="session", id=session.id),)
    )
