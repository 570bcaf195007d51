"""Ends exchanges whose end the browser does not report: after a navigation, a closed target, or the session's end."""

import asyncio
from collections.abc import Callable, Iterable

from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.network import NetworkLog
from core.debugging.cdp.response_details import bytes_so_far
from core.debugging.cdp.streams import STREAMS
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import ABORTED, UNFINISHED
from core.debugging.time_axis import TimeAxis
from core.models import Interruption, NetworkEventType

GRACE_SECONDS = 0.5  # events that the browser sent earlier may still arrive through another target
LEFT = "The page was left before a response arrived (ERR_ABORTED)."


class Endings:
    """Ends records of a `NetworkLog`."""

    def __init__(
        self,
        log: NetworkLog,
        axis: TimeAxis,
        *,
        on_change: Callable[[ExchangeRecord], None],
        on_finished: Callable[[ExchangeRecord], None],
    ) -> None:
        """Args:
        on_change: Called with each record that was ended.
        on_finished: Called with each of them whose response had arrived when its page was left; its body may be gone.
        """
        self._log = log
        self._axis = axis
        self._on_change, self._on_finished = on_change, on_finished

    def on_event(self, method: str, params: Params) -> None:
        """Handle one CDP event of a page; ignores events that end no exchange."""
        if (ends := ENDING.get(method)) is not None:
            self._leave(record for record in self._log.open_records() if ends(record, params))

    def on_closed(self, session: CdpSession) -> None:
        """End the open exchanges of a page, frame or worker that is gone: no further event about them will come."""
        is_page = session.target.type == "page"
        self._leave(
            record
            for record in self._log.open_records()
            if record.session is session and (is_page or _is_of_document(record))
        )

    def close_open(self, at_ms: float, *, reason: str | None) -> None:
        """End all open exchanges, because the session ends.

        Args:
            at_ms: The session's end, in ms after its start.
            reason: The error message of requests without a response, which then count as timed out; None leaves
                them open.
        """
        for record in self._log.open_records():
            if record.left_at is not None:
                self._end_left(record)
            elif record.answered_at is not None:
                if record.resource_type not in STREAMS:
                    record.interruption = Interruption.SESSION_END
                    record.error_message = record.error_message or UNFINISHED
                self._end(record, self._axis.monotonic(at_ms))
            elif reason is not None:
                record.outcome = NetworkEventType.TIMEOUT
                self._log.changed(record)  # the browser reports nothing about a script to its page before it arrives
                if record.status_code is None:
                    record.error_message = reason
                else:
                    record.interruption, record.error_message = Interruption.SESSION_END, UNFINISHED
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
            record.interruption, record.error_message = Interruption.NAVIGATION, LEFT
            record.details["net_error"] = ABORTED
        self._end(record, record.left_at)
        if record.answered_at is not None:
            self._on_finished(record)

    def _end(self, record: ExchangeRecord, at: float) -> None:
        record.ended_at = max(at, record.answered_at or 0.0, record.asked_at)
        record.encoded_bytes = bytes_so_far(record)
        record.details["is_unfinished"] = True
        self._on_change(record)


def _is_of_document(record: ExchangeRecord) -> bool:
    """Whether the exchange ends with its document; the browser's own request for the next document does not."""
    return record.answered_at is not None or record.request_id != record.loader_id


def _is_loaded_with_frame(record: ExchangeRecord) -> bool:
    """Whether the exchange is complete when its frame stops loading.

    The browser reports no end of a document that ``window.stop()`` ended, nor of an XSLT style sheet.
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
"""For each CDP event of a page, the function that says whether the event ends an exchange."""
