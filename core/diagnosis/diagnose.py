"""Derives findings from evidence: applies every rule and sorts the findings; the first one is the cause. Pure."""

from collections.abc import Callable, Iterable

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding, in_order
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.another_page import another_page
from core.diagnosis.rules.answer import answer
from core.diagnosis.rules.certificate import certificate
from core.diagnosis.rules.change import change
from core.diagnosis.rules.connection import connection
from core.diagnosis.rules.content import content
from core.diagnosis.rules.garbled_text import garbled_text
from core.diagnosis.rules.growth import growth
from core.diagnosis.rules.main_thread import main_thread
from core.diagnosis.rules.name import name
from core.diagnosis.rules.page import page
from core.diagnosis.rules.page_text import page_text
from core.diagnosis.rules.redirects import redirects
from core.diagnosis.rules.shown_page import shown_page
from core.diagnosis.rules.slow_responses import slow_responses
from core.diagnosis.rules.slowness import slowness
from core.diagnosis.rules.unfilled_template import unfilled_template
from core.diagnosis.rules.visit import visit

RULES: tuple[Callable[[Evidence], Iterable[Finding]], ...] = (
    name,
    connection,
    certificate,
    answer,
    redirects,
    slowness,
    slow_responses,
    growth,
    content,
    another_page,
    page_text,
    unfilled_template,
    garbled_text,
    visit,
    page,
    main_thread,
    shown_page,
    change,
)


def diagnose(evidence: Evidence) -> list[Finding]:
    """Return the findings of all rules, the cause first; empty if nothing is wrong or worth a note."""
    found = in_order(finding for rule in RULES for finding in rule(evidence))
    if evidence.check is not None and not any(finding.confidence is not Confidence.NOTE for finding in found):
        found.insert(0, _unexplained(evidence))
    return found


def cause(findings: list[Finding]) -> Finding | None:
    """Return the finding that explains the failure; None if there are only notes."""
    return next((finding for finding in findings if finding.confidence is not Confidence.NOTE), None)


def _unexplained(evidence: Evidence) -> Finding:
    """Return a finding for a failure that no rule explains; it repeats the check's error message."""
    check = evidence.check
    assert check is not None
    return Finding(
        kind=Kind.OTHER,
        sentence=check.error_message or f"The check of {evidence.host} failed without a reason.",
        confidence=Confidence.LIKELY,
        why="This is the check's own message. No other evidence explains it.",
        rows=(check.row,),
    )
