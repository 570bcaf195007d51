"""Records downloads: the browser fetches them outside the page and reports only that one begins."""

from collections.abc import Iterable
from typing import Any

from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.network import LOCAL_SCHEMES
from core.debugging.cdp.request_kind import target_name
from core.debugging.cdp.response_details import is_bodiless, lack_body
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import ABORTED
from core.models import NetworkEventType

WHY_NO_BODY = "For downloads the browser reports only their start. The file was not stored."


def end_downloads(
    url: str, records: Iterable[ExchangeRecord], page: ExchangeRecord | None, at: float
) -> list[ExchangeRecord]:
    """End navigations of frames and links to *url* that became downloads, as successes; returns those records.

    The browser reports them as aborted, although nothing failed. *page*, the visit's own document, stays a failure if
    it is a download: then there is no page to look at. While *page* is None, its exchange is unknown, and so all
    records of the page itself stay as they are.
    """
    others = [record for record in records if record is not page and (page is not None or record.target != "page")]
    downloads = [record for record in others if record.url == url and _is_download(record)]
    for record in downloads:
        record.ended_at = record.ended_at or at
        record.outcome, record.error_message = NetworkEventType.RESPONSE, None
        record.details |= {"net_error": ABORTED, "is_unfinished": True}
        lack_body(record, WHY_NO_BODY)
        record.is_size_unknown = not record.decoded_bytes and not is_bodiless(record)
    return downloads


def _is_download(record: ExchangeRecord) -> bool:
    is_answered = record.resource_type == "document" and 200 <= (record.status_code or 0) < 300
    return is_answered and (record.is_open or record.details.get("net_error") == ABORTED)


def download_record(
    session: CdpSession, params: dict[str, Any], records: Iterable[ExchangeRecord], at: float
) -> ExchangeRecord | None:
    """Return the exchange of CDP's ``Page.downloadWillBegin``.

    Args:
        records: All exchanges so far; among them may be the navigation that became this download.
        at: Now, in seconds on the browser's monotonic clock.

    Returns:
        None if *records* contain the exchange, or if the download uses no network.
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
        is_size_unknown=True,
        details={"body_missing": WHY_NO_BODY, "is_unfinished": True},
    )
