"""How exchanges end of which the browser tells no end: their page was left, their worker ended, the session is over."""

import asyncio
from collections.abc import Callable, Iterable

from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.network import NetworkLog
from core.debugging.cdp.streams import STREAMS
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import UNFINISHED
from core.debugging.time_axis import TimeAxis
from core.models import NetworkEventType

GRACE_SECONDS = 0.5  # for what the browser had said before, on its way to us through another target
LEFT = "The page was left before an answer came (ERR_ABORTED)."


class Endings:
    """Ends records of a `NetworkLog`. *on_change* hears of each that was ended."""

    def __init__(self, log: NetworkLog, axis: TimeAxis, on_change: Callable[[ExchangeRecord], None]) -> None:
        self._log = log
        self._axis = axis
        self._on_change = on_change

    def on_event(self, method: str, params: Params) -> None:
        """Take one event of a page; those that leave nothing behind are ignored."""
        if (ends := ENDING.get(method)) is not None:
            self._leave(record for record in self._log.open_records() if ends(record, params))

    def on_closed(self, session: CdpSession) -> None:
        """A page, frame or worker is gone, and with it whoever could tell more of its requests."""
        is_page = session.target.type == "page"
        self._leave(
            record
            for record in self._log.open_records()
            if record.session is session and (is_page or _is_of_document(record))
        )

    def close_open(self, at_ms: float, *, reason: str | None) -> None:
        """The session ends: say so of what is still under way.

        Args:
            at_ms: The end, ms after the start.
            reason: Why an unanswered request counts as timed out; None to leave it unanswered.
        """
        for record in self._log.open_records():
            if record.left_at is not None:
                self._end_left(record)
            elif record.answered_at is not None:
                if record.resource_type not in STREAMS:
                    record.error_message = record.error_message or UNFINISHED
                self._end(record, self._axis.monotonic(at_ms))
            elif reason is not None:
                record.outcome = NetworkEventType.TIMEOUT
                self._log.changed(record)  # of a script the browser tells the page nothing until it is there
                record.error_message = reason if record.status_code is None else UNFINISHED
                self._end(record, self._axis.monotonic(at_ms))

    def _leave(self, records: Iterable[ExchangeRecord]) -> None:
        left = [record for record in records if record.left_at is None]
        for record in left:
            record.left_at = self._axis.monotonic(self._axis.now_ms())
        if left:
            asyncio.get_running_loop().call_later(GRACE_SECONDS, self._end_all, left)

    def _end_all(self, left: list[ExchangeRecord]) -> None:
        for record in left:
            if record.is_open:
                self._end_left(record)

    def _end_left(self, record: ExchangeRecord) -> None:
        assert record.left_at is not None
        if record.answered_at is None:
            record.outcome = NetworkEventType.ERROR
            record.error_message = LEFT
            record.details["net_error"] = "net::ERR_ABORTED"
        self._end(record, record.left_at)

    def _end(self, record: ExchangeRecord, at: float) -> None:
        record.ended_at = max(at, record.answered_at or 0.0, record.asked_at)
        record.details["is_unfinished"] = True
        self._on_change(record)


def _is_of_document(record: ExchangeRecord) -> bool:
    """Whether it ends with its document: not so what is to bring the next one, which the browser itself asks for."""
    return record.answered_at is not None or record.request_id != record.loader_id


def _is_loaded_with_frame(record: ExchangeRecord) -> bool:
    """Whether it has come once its frame loads no more.

    Of a document that `window.stop()` ends, and of an XSLT style sheet, the browser tells no end of its own.
    """
    is_document = record.request_id == record.loader_id
    is_xslt = record.resource_type == "stylesheet" and "xsl" in str((record.response or {}).get("mimeType"))
    return record.answered_at is not None and (is_document or is_xslt)


def _ends_with_navigation(record: ExchangeRecord, params: Params) -> bool:
    frame = params["frame"]
    is_of_other = record.frame_id == frame["id"] and record.loader_id != frame["loaderId"]
    return is_of_other and _is_of_document(record)


def _ends_with_loading(record: ExchangeRecord, params: Params) -> bool:
    return record.frame_id == params["frameId"] and _is_loaded_with_frame(record)


def _ends_with_frame(record: ExchangeRecord, params: Params) -> bool:
    is_swapped = params.get("reason") == "swap"  # the frame goes on in another process
    return record.frame_id == params["frameId"] and not is_swapped


ENDING: dict[str, Callable[[ExchangeRecord, Params], bool]] = {
    "Page.frameNavigated": _ends_with_navigation,
    "Page.frameStoppedLoading": _ends_with_loading,
    "Page.frameDetached": _ends_with_frame,
}
"""Events of a page, each with what says whether it ends an exchange."""
