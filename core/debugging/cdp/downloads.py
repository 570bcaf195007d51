"""Files that a link saves: the browser fetches them past the page, and tells only that one begins to come."""

from collections.abc import Iterable
from typing import Any

from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.network import LOCAL_SCHEMES
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.target_name import target_name
from core.models import NetworkEventType

ABORTED = "net::ERR_ABORTED"  # what the browser says of it, which from then on is its own business
WHY_NO_BODY = "Of a file that a link saves, the browser tells only that it began to come; it was not kept."


def end_saved(
    url: str, records: Iterable[ExchangeRecord], page: ExchangeRecord | None, at: float
) -> list[ExchangeRecord]:
    """End navigations to *url* that turned out to be files to save: the browser calls them aborted, yet nothing failed.

    That is so for those of frames and links. Where *page*, the visit's own document, is a file, there is nothing to
    look at: it stays a failure. While *page* is None, the browser has not told yet which exchange that is; so all of
    the page's own are left alone.
    """
    others = [record for record in records if record is not page and (page is not None or record.target != "page")]
    saved = [record for record in others if record.url == url and _is_saved(record)]
    for record in saved:
        record.ended_at = record.ended_at or at
        record.outcome, record.error_message = NetworkEventType.RESPONSE, None
        record.details |= {"net_error": ABORTED, "body_missing": WHY_NO_BODY, "is_unfinished": True}
    return saved


def _is_saved(record: ExchangeRecord) -> bool:
    is_answered = record.resource_type == "document" and 200 <= (record.status_code or 0) < 300
    return is_answered and (record.is_open or record.details.get("net_error") == ABORTED)


def download_record(
    session: CdpSession, params: dict[str, Any], records: Iterable[ExchangeRecord], at: float
) -> ExchangeRecord | None:
    """The exchange of CDP's ``Page.downloadWillBegin``.

    Args:
        records: What is known already, as a navigation is whose answer turned out to be a file.
        at: Now, on the browser's monotonic clock in seconds.

    Returns:
        None where it is known, or no network was asked.
    """
    url = params["url"]
    is_known = any(record.url == url and record.resource_type == "document" for record in records)
    if is_known or url.startswith(LOCAL_SCHEMES):
        return None
    return ExchangeRecord(
        exchange_id=f"download-{params['guid']}",
        request_id=f"download-{params['guid']}",
        session=session,
        url=url,
        method="GET",
        asked_at=at,
        answered_at=at,
        ended_at=at,
        target=target_name(session),
        resource_type="other",
        initiator={"type": "other"},
        outcome=NetworkEventType.RESPONSE,
        details={"body_missing": WHY_NO_BODY, "is_unfinished": True},
    )
