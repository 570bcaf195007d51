"""Finds content that a check expects and the response lacks. Pure."""

from collections.abc import Iterator

from core.diagnosis.evidence import Evidence
from core.diagnosis.failed_requests import KINDS, failed_requests
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.witness import agreement
from core.monitoring.verdict import Expectation
from core.phrases import utc_minute

GONE = "the expected content is missing."


def content(evidence: Evidence) -> Iterator[Finding]:
    """Report violated expectations of the response's content."""
    agreed = agreement(evidence, (Expectation.BODY, Expectation.JSON, Expectation.HEADER))
    if agreed is None:
        return
    reason, begins, excerpt = (agreed.words or GONE).partition("; it begins with ")
    came = f" The response begins with {excerpt}" if begins else ""
    before = evidence.good_check
    since = f" It met the expectation until {utc_minute(before.checked_at)}." if before else ""
    titles = _titles(evidence)
    status = agreed.seen[0].status
    lacks = _lost_content(evidence)
    besides = " Resources that the page loaded before fail now as well. See the findings about them." if lacks else ""
    yield Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"The content of {evidence.host} has changed, with status {status}: {reason.rstrip('.')}.",
        confidence=Confidence.LIKELY if lacks else Confidence.HIGH,
        why=f"The check examines the headers and the body of the response.{since}{besides}{titles}{came}",
        rows=agreed.rows + evidence.good_check_rows,
    )


def _lost_content(evidence: Evidence) -> bool:
    """Whether something that the page needs and had in the good session fails now: then the page itself is the same."""
    session, good = evidence.page, evidence.good_page
    if session is None or good is None:
        return False
    asked = {good.key_of(exchange) for exchange in good.exchanges}
    return any(
        failure.is_harmful and failure.kind in KINDS.values() and session.key_of(failure.exchange) in asked
        for failure in failed_requests(session, good)
    )


def _titles(evidence: Evidence) -> str:
    now = evidence.look.last.title if evidence.look and evidence.look.last else None
    was = evidence.good_look.last.title if evidence.good_look and evidence.good_look.last else None
    if now is not None and was is not None and now != was:
        return f" The page's title is “{now}” now and was “{was}”."
    return ""
