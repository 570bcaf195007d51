"""Files that a link saves: the browser fetches them past the page, and tells only that one begins to come. Pure."""

from collections.abc import Iterable
from typing import Any

from core.debugging.cdp import CdpSession
from core.debugging.cdp_network import LOCAL_SCHEMES
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.who_asked import who_asked
from core.models import NetworkEventType

WHY_NO_BODY = "Of a file that a link saves, the browser tells only that it began to come; it was not kept."


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
        target=who_asked(session),
        resource_type="other",
        initiator={"type": "other"},
        outcome=NetworkEventType.RESPONSE,
        details={"body_missing": WHY_NO_BODY, "is_unfinished": True},
    )
