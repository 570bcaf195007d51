"""Recognises failures by the text of a page with a good status: maintenance, errors, default pages. Pure."""

import re
from collections.abc import Iterator, Sequence

from core.diagnosis.cause_words import MAINTENANCE
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.html_errors import IN_ERROR, MAYBE_INTENDED, SMALL_CHARACTERS, TEXT_PATTERNS, TRACES, TextPattern
from core.diagnosis.html_text import NAMED_CODE, SAMPLE, UNSEEN, plain, visible, visible_lines
from core.diagnosis.json_errors import error_in_json, unhealthy_part
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.stated_causes import stated_cause
from core.phrases import shortened

FIRST_CHARACTERS = 12  # a match stands out if it begins within these characters, as in “This domain is …”
LONGEST_QUOTE = 120
SOURCE = re.compile(r"\s*(<\?php\b|<%@ ?(?:page|language)\b)", re.IGNORECASE)
"""The beginning of source code that a server should execute."""
_HEADLINE = re.compile(r"<(title|h1)\b[^<>]*>(.*?)(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)


def page_text(evidence: Evidence) -> Iterator[Finding]:
    """Report words of a failure in the page that the last good session did not have."""
    session, good = evidence.page, evidence.good_page
    if session is None:
        return
    if (source := SOURCE.match(session.text)) is not None and not (good and SOURCE.match(good.text)):
        yield _unrun(evidence, source.group(1))
        return
    text = visible(session.text)
    headlines = _headlines(session.text)
    before = f"{good.title or ''} {visible(good.text)}" if good else ""
    for known in TEXT_PATTERNS:
        found = _match(known, session, text, headlines, is_compared=good is not None)
        if found is not None and not known.pattern.search(before):
            is_sent = _first(known.pattern, (*headlines, text)) is not None or _is_redirected(session)
            yield _told(evidence, session, known, found, is_sent=is_sent)
            return
    if good and len(text) <= SMALL_CHARACTERS and (stated := _stated(session.text)) and not _stated(good.text):
        yield _cause(evidence, stated)


def _match(
    known: TextPattern, session: SessionFact, text: str, headlines: Sequence[str], *, is_compared: bool
) -> re.Match[str] | None:
    title = session.title or ""
    if len(text) <= SMALL_CHARACTERS:
        return _first(known.pattern, (title, *headlines, text))
    # A long page may be about such failures: only a line of nothing else, or a new error trace, counts.
    found = _match_whole(known.pattern, (title, *headlines))
    if found is not None or not is_compared:
        return found
    found = known.pattern.match(title)
    if found is not None or known.what != IN_ERROR:
        return found
    shown = SAMPLE.sub("\n", session.text)
    is_line = _match_whole(known.pattern, visible_lines(shown)) is not None
    return (known.pattern if is_line else TRACES).search(visible(shown))


def _stated(source: str) -> str | None:
    """Return what the page says of an error of its program, in HTML, JSON or plain text."""
    if (part := unhealthy_part(source)) is not None:
        return f"it says “{part}”"
    said = error_in_json(source)
    return stated_cause(source) or (f"it says “{said}”" if said else None)


def _cause(evidence: Evidence, stated: str) -> Finding:
    why = (
        "The response says so with a success status. A check needs an expectation on its body to detect it. The last "
        "good session did not contain these words."
    )
    return _finding(evidence, Kind.ORIGIN_ERROR, f"reports an error: {stated}", Confidence.HIGH, why)


def _is_redirected(session: SessionFact) -> bool:
    """Return whether the page ended on another address, whose title the session has; a page may reload itself."""
    return session.shown is not None and session.document is not None and session.shown.url != session.document.url


def _unrun(evidence: Evidence, begin: str) -> Finding:
    words = f"sends the source of its program (“{begin}”) instead of running it"
    why = "The response starts with it. Anyone who requests the page can read the program."
    if evidence.good_page is None:
        return _finding(evidence, Kind.ORIGIN_ERROR, words, Confidence.LIKELY, why)
    why += " In the last good session it was a page."
    return _finding(evidence, Kind.ORIGIN_ERROR, words, Confidence.HIGH, why)


def _first(pattern: re.Pattern[str], texts: tuple[str, ...]) -> re.Match[str] | None:
    return next(filter(None, map(pattern.search, texts)), None)


def _match_whole(pattern: re.Pattern[str], lines: Sequence[str]) -> re.Match[str] | None:
    """Return a match that covers a whole line except its punctuation."""
    found = filter(None, map(pattern.match, lines))
    return next((match for match in found if len(match.string) - match.end() <= 3), None)


def _told(
    evidence: Evidence, session: SessionFact, known: TextPattern, found: re.Match[str], *, is_sent: bool
) -> Finding:
    """Return the finding; *is_sent* says whether the server sent the words, or a script wrote them into the page."""
    good = evidence.good_page
    is_trace = TRACES.search(found.group()) is not None
    if good is None:  # runbooks name errors in their sentences
        is_trace = is_trace and TRACES.search(visible(NAMED_CODE.sub(" ", session.text))) is not None
    stands_out = found.start() <= FIRST_CHARACTERS or is_trace
    if good is not None and known.pattern is MAINTENANCE and _is_kept(session, good):
        confidence = Confidence.NOTE  # the page announces maintenance
    elif good is not None:
        confidence = Confidence.HIGH if stands_out and is_sent else Confidence.LIKELY
    else:  # the page may only write about such failures
        confidence = Confidence.LIKELY if stands_out and known.what not in MAYBE_INTENDED else Confidence.NOTE
    why = "The page says so with a success status. A check needs an expectation on the body text to detect it. "
    why += "The last good session did not contain these words." if good else "No good session exists to compare with."
    why += "" if is_sent else " A script of the page wrote the words, as frameworks do after an error."
    return _finding(evidence, known.kind, f"the page {known.what}: “{quoted(found)}”", confidence, why)


def _finding(evidence: Evidence, kind: Kind, but: str, confidence: Confidence, why: str) -> Finding:
    session = evidence.session
    document = session.document if session else None
    status = document.status_code if document else None
    return Finding(
        kind=kind,
        sentence=f"{evidence.host} returns status {status}, but {but}.",
        confidence=confidence,
        why=why,
        rows=session.rows_of(document) if session else (),
    )


def _is_kept(session: SessionFact, good: SessionFact) -> bool:
    """Whether more than half of the page's earlier lines are still there."""
    before = set(visible_lines(good.text))
    return len(before & set(visible_lines(session.text))) * 2 > len(before)


def _headlines(source: str) -> list[str]:
    return [plain(match[2]) for match in _HEADLINE.finditer(UNSEEN.sub(" ", source))]


def quoted(found: re.Match[str]) -> str:
    """Return the match and the rest of its sentence."""
    begins = found.string[found.start() :]
    words = plain(re.split(r"[\n.!?](?:\s|$)", begins, maxsplit=1)[0])
    return shortened(words, LONGEST_QUOTE)
