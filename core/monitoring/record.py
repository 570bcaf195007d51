"""A judged result becomes a stored check, with what it changes, in one transaction."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import HTTPMethod, MonitorCheck, MonitorStatus
from core.monitoring.downtime import CONFIRMATION, Closed, Confirmation, Extended, Opened, Transition, advance
from core.monitoring.probe import ProbeResult
from core.monitoring.verdict import Verdict
from core.schemas import DowntimeWindowCreate, DowntimeWindowUpdate, MonitorCheckCreate
from core.schemas.website import display_url
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, WebsiteCRUD

SPARE_CHECKS = 5  # earlier ones beyond those needed: UNKNOWN ones among them say nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was stored, by id."""

    website_id: int
    check_id: int
    window_id: int | None
    """The downtime window that the check opened, extended or closed."""
    is_failing: bool
    """Whether the website is down, or may turn out to be: it is then checked more often."""


def record(
    db: Session,
    website_id: int,
    result: ProbeResult,
    verdict: Verdict,
    confirmation: Confirmation = CONFIRMATION,
    *,
    lag_ms: float | None = None,
) -> Recorded:
    """Store one check of a website and the downtime that it opens, extends or closes.

    Raises:
        NotFound: The website was deleted while it was probed.
    """
    if WebsiteCRUD.get_by_id(db, website_id) is None:
        raise NotFound(f"Website {website_id} is not there any more; its check is dropped.")
    earlier = MonitorCheckCRUD.get_newest(db, website_id, limit=confirmation.needed + SPARE_CHECKS)
    check = MonitorCheckCRUD.create(db, _check(website_id, result, verdict, lag_ms))
    window = DowntimeWindowCRUD.get_ongoing_downtime(db, website_id)
    transition = advance(window, check, earlier=earlier, confirmation=confirmation)
    window_id = _apply(db, check, window.id if window else None, transition)
    is_down = window is not None and not isinstance(transition, Closed)
    return Recorded(
        website_id=website_id,
        check_id=check.id,
        window_id=window_id,
        is_failing=is_down or check.status == MonitorStatus.DOWN,
    )


def _check(website_id: int, result: ProbeResult, verdict: Verdict, lag_ms: float | None) -> MonitorCheckCreate:
    return MonitorCheckCreate(
        website_id=website_id,
        status=verdict.status,
        http_status_code=result.http_status_code,
        http_method=HTTPMethod(result.method),
        response_time_ms=result.response_time_ms,
        dns_time_ms=result.dns_ms,
        connect_time_ms=result.connect_ms,
        tls_time_ms=result.tls_ms,
        ttfb_ms=result.ttfb_ms,
        download_time_ms=result.download_ms,
        redirect_count=len(result.redirects),
        final_url=display_url(result.final_url) if result.redirects else None,
        remote_address=result.remote_address,
        http_version=result.http_version,
        body_bytes=result.body_bytes,
        error_kind=result.error_kind,
        error_message=verdict.reason,
        lag_ms=lag_ms,
        checked_at=result.started_at,
    )


def _apply(db: Session, check: MonitorCheck, open_id: int | None, transition: Transition | None) -> int | None:
    match transition:
        case Opened():
            window = DowntimeWindowCRUD.create(
                db,
                DowntimeWindowCreate(
                    website_id=check.website_id,
                    started_at=transition.started_at,
                    initial_status=check.status,
                    affected_checks_count=transition.affected_checks_count,
                    root_cause=transition.root_cause,
                ),
            )
            return window.id
        case Extended() if open_id is not None:
            change = DowntimeWindowUpdate(affected_checks_count=transition.affected_checks_count)
        case Closed() if open_id is not None:
            change = DowntimeWindowUpdate(ended_at=transition.ended_at, recovery_status=transition.recovery_status)
        case _:
            return None
    DowntimeWindowCRUD.update(db, open_id, change)
    return open_id
