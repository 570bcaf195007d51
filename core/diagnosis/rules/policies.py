"""Finds what browser policies block: mixed content and the Content-Security-Policy, from console messages. Pure."""

import re
from collections.abc import Iterator, Sequence

from core.diagnosis.console_words import cut
from core.diagnosis.failed_requests import FailedRequest
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.registrable_domain import registrable_domain
from core.diagnosis.session_facts import ConsoleFact, SessionFact

CSP_TEXT = re.compile(r"content security policy|requires 'Trusted(HTML|Script|ScriptURL)'", re.IGNORECASE)
SANDBOXED_TEXT = re.compile(r"^Blocked script execution in '([^']*)' because the document's frame is sandboxed")
# Chromium's "Loading the image 'URL' violates …" and "Refused to load the image 'URL' because it violates …".
SLIGHT_TEXT = re.compile(r"^(?:Loading|Refused to load)(?: the)? (?:image|font|media|manifest|prefetch)", re.IGNORECASE)
BLOCKED_URL = re.compile(r"(?:'|cannot load )((?:https?|wss?)://[^'\s]+)")
REPORT_TEXT = re.compile(r"report[ -]only", re.IGNORECASE)
# Chromium's "Mixed Content: The page at 'URL' was loaded over HTTPS, but requested … 'URL'"; the latter is blocked.
MIXED_TEXT = re.compile(r"^mixed content:", re.IGNORECASE)
POLICIES = {
    Kind.MIXED_CONTENT: "the browser blocks mixed content that the https page requests over http",
    Kind.CORS: "the browser blocks a response from another origin (CORS)",
    Kind.CSP: "its own Content-Security-Policy (CSP) blocks a part of it",
}


def policies(
    session: SessionFact, good: SessionFact | None, failed: Sequence[FailedRequest], *, is_harmed: bool
) -> Iterator[Finding]:
    """Report blocks that only the console shows, such as an inline script that makes no request.

    *is_harmed* says whether the page is blank or threw an error.
    """
    shown = {failure.kind for failure in failed if failure.is_needed}
    before = {line.text for line in good.console} if good else set()
    for kind, pattern in ((Kind.CSP, CSP_TEXT), (Kind.MIXED_CONTENT, MIXED_TEXT)):
        lines = [
            line
            for line in session.console
            if line.level == "error"
            and (pattern.search(line.text) or (kind is Kind.CSP and _is_sandboxed(line, session)))
            and not REPORT_TEXT.search(line.text)
        ]
        if not lines or kind in shown:
            continue
        new = [line for line in lines if line.text not in before]
        chosen = sorted(new or lines, key=lambda line: (_is_slight(line), _is_foreign(line, session)))
        confidence = Confidence.HIGH if good else Confidence.LIKELY
        if not new or _is_slight(chosen[0]):
            confidence = Confidence.NOTE
        elif _is_foreign(chosen[0], session) and not is_harmed:
            confidence = Confidence.LIKELY
        yield Finding(
            kind=kind,
            sentence=f"The document is fine, but {POLICIES[kind]}: {cut(chosen[0].text)}",
            confidence=confidence,
            why="The browser reports it in the console" + ("." if new else ", as it did in the last good session."),
            rows=session.console_rows(chosen[:3]),
        )


def _is_slight(line: ConsoleFact) -> bool:
    """Whether the browser blocked only a picture, a font or the like."""
    return SLIGHT_TEXT.search(line.text) is not None


def _is_foreign(line: ConsoleFact, session: SessionFact) -> bool:
    """Whether the browser blocked a request to a third party."""
    found = BLOCKED_URL.findall(line.text)
    blocked = found[-1 if MIXED_TEXT.search(line.text) else 0] if found else None
    return blocked is not None and registrable_domain(blocked) != registrable_domain(session.url)


def _is_sandboxed(line: ConsoleFact, session: SessionFact) -> bool:
    """Whether scripts of the page itself are blocked, as by CSP ``sandbox``; sandboxed frames are intended."""
    found = SANDBOXED_TEXT.search(line.text)
    return found is not None and session.shown is not None and found.group(1) == session.shown.url
