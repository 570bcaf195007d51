"""Content: the answer came, and what should be in it is not. Pure."""

from collections.abc import Iterator

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding, Row
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.witness import agreement
from core.monitoring.verdict import Expectation

GONE = "what was expected is not in it."


def content(evidence: Evidence) -> Iterator[Finding]:
    """What the expectations of the answer's content show."""
    agreed = agreement(evidence, (Expectation.BODY, Expectation.JSON, Expectation.HEADER))
    if agreed is None:
        return
    words = next((testimony.words for testimony in agreed.seen if testimony.words), None)
    said, begins, excerpt = (words or GONE).partition("; it begins with ")
    came = f" What came begins with {excerpt}" if begins else ""
    before = evidence.good_check
    since = f" It was as expected until {before.checked_at:%Y-%m-%d %H:%M} UTC." if before else ""
    titles = _titles(evidence)
    status = agreed.seen[0].status
    yield Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"The content of {evidence.host} has changed, with status {status}: {said.rstrip('.')}.",
        confidence=Confidence.HIGH,
        why=f"The check looks into the answer itself.{since}{titles}{came}",
        rows=agreed.rows + ((Row(of="check", id=before.id),) if before else ()),
    )


def _titles(evidence: Evidence) -> str:
    now = evidence.look.last.title if evidence.look and evidence.look.last else None
    was = evidence.good_look.last.title if evidence.good_look and evidence.good_look.last else None
    if now is not None and was is not None and now != was:
        return f" The page's title is “{now}” now and was “{was}”."
    return ""
