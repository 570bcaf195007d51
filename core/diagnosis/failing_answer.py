"""Collects what is known of a response with an unacceptable status, the cause that it states included. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Row
from core.diagnosis.stated_causes import own_words, stated_cause
from core.diagnosis.witness import Agreement, agreement
from core.monitoring.verdict import Expectation
from core.phrases import named_status


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingAnswer:
    """A response with an unacceptable status."""

    status: int
    headers: Mapping[str, str]
    text: str
    stated: str | None
    """The cause that the response states, as a clause; None if it states none."""
    said: str | None
    """Its own words as a clause, if it is short and states no cause; None without such words."""
    took_ms: float | None
    is_empty: bool
    """Whether the browser received it without a body."""
    agreed: Agreement
    rows: tuple[Row, ...]

    @property
    def named_status(self) -> str:
        return named_status(self.status)


def failing_answer(evidence: Evidence) -> FailingAnswer | None:
    """Return the response whose status a check, the closer look or the browser did not accept; None without one."""
    agreed = agreement(evidence, (Expectation.STATUS,))
    if agreed is None:
        return None
    statuses = [testimony.status for testimony in agreed.seen if testimony.status]
    if not statuses:
        return None
    headers, text, took_ms = _content(evidence, statuses[0])
    sources = list(_sources(evidence, statuses[0]))
    stated = next(filter(None, map(stated_cause, sources)), None)
    said = next(filter(None, (own_words(source, statuses[0]) for source in sources)), None)
    return FailingAnswer(
        status=statuses[0],
        headers=headers,
        text=text,
        stated=stated,
        said=f"the response says “{said}”" if said and not stated else None,
        took_ms=took_ms,
        is_empty=_is_empty(evidence, statuses[0]),
        agreed=agreed,
        rows=agreed.rows,
    )


def _sources(evidence: Evidence, status: int) -> Iterator[str]:
    """Yield the source of the failing response, the longest first."""
    session, last = evidence.session, evidence.look.last if evidence.look else None
    if session is not None and session.document is not None and session.document.status_code == status:
        yield session.text
    if last is not None and last.status == status:
        yield last.excerpt or ""


def _is_empty(evidence: Evidence, status: int) -> bool:
    session = evidence.session
    document = session.document if session else None
    if session is None or document is None or document.status_code != status:
        return False
    is_announced = session.headers.get("content-length", "0") != "0"  # then it could not be read
    return document.decoded_bytes == 0 and not is_announced


def _content(evidence: Evidence, status: int) -> tuple[Mapping[str, str], str, float | None]:
    """Return headers, text and time to first byte of the failing response, from the look or the browser."""
    last = evidence.look.last if evidence.look else None
    if last is not None and last.status == status:
        return last.headers, unescape(f"{last.title or ''} {last.excerpt or ''}"), last.ttfb_ms
    session = evidence.session
    document = session.document if session else None
    if session is not None and document is not None and document.status_code == status:
        return session.headers, unescape(session.text), document.phases.waiting_ms
    return {}, "", evidence.check.ttfb_ms if evidence.check else None
