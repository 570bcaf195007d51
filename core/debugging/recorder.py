"""Records what a session's browser context does as facts to store: requests, responses, console, milestones."""

import asyncio
from collections.abc import Callable
from typing import Any

from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.cdp.bodies import MAX_BYTES, BodyFetcher
from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.console import console_values, note_values
from core.debugging.cdp.downloads import download_record, end_downloads
from core.debugging.cdp.filmstrip import Filmstrip
from core.debugging.cdp.network import NetworkLog
from core.debugging.cdp.page import PageWatch
from core.debugging.cdp.streams import FLOWING, STREAMS, StreamLog
from core.debugging.console_limits import ConsoleLimits
from core.debugging.exchange_endings import Endings
from core.debugging.exchange_limits import ExchangeLimits
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.pending_facts import PendingFacts
from core.debugging.recorded_facts import Batch
from core.debugging.time_axis import TimeAxis
from core.models import ArtifactKind
from core.schemas.session_options import SessionOptions

STREAM_OPENS_MS = 3_000.0  # longest wait for a stream's headers; some servers send none before the first event
POPUPS_ALLOWED = 20  # so that a page that opens windows endlessly does not exhaust the machine
BROWSER_BUFFER_BYTES = 100 * 1024 * 1024  # of bodies that the browser buffers until we fetch them
REQUEST_BODY_BYTES = 64 * 1024  # the request event contains bodies up to this size; we fetch longer ones

NETWORK_ENABLE = {
    # Not enableDurableMessages, which keeps bodies of pages that were left: it returns the raw bytes, not text that was
    # decoded by the document's own encoding.
    "maxTotalBufferSize": BROWSER_BUFFER_BYTES,
    "maxResourceBufferSize": MAX_BYTES,
    "maxPostDataSize": REQUEST_BODY_BYTES,
}


class Recorder:
    """A `TargetWatcher` that collects the events of a context's pages, frames and workers; `take` returns them."""

    def __init__(
        self,
        options: SessionOptions,
        axis: TimeAxis,
        *,
        prepare: Callable[[CdpSession], list[tuple[str, Params]]],
        facts: ConnectionFacts | None = None,
    ) -> None:
        """Args:
        axis: The clock of everything that is recorded; the caller starts it before `begin`.
        prepare: Returns the CDP commands that apply the session's options to a target.
        facts: What the proxy knows of the browser's connections; None for a browser that connects directly.
        """
        self.axis = axis
        self._options = options
        self._prepare = prepare
        self._facts = facts = facts or ConnectionFacts()
        self.has_begun = False
        self._is_open = False
        self._pending = PendingFacts(axis)
        self._exchange_limits = ExchangeLimits(options, self.note)
        self._console: list[dict[str, Any]] = []
        self._console_limits = ConsoleLimits()
        self._artifacts: list[dict[str, Any]] = []
        self._popups = 0
        self._loader_id: str | None = None
        self.main: CdpSession | None = None
        self.sessions: dict[str, CdpSession] = {}
        self.page = PageWatch(axis, self.note)
        self.last_change_ms = 0.0
        """When a request last began or ended, in ms after the start; data in an open stream does not count."""
        self.wakened = asyncio.Event()
        """Set while `take` would return something."""
        self._filmstrip = Filmstrip(self._add_frame)
        self._bodies = BodyFetcher(limit_bytes=options.payload_limit_bytes, on_body=self._body_came)
        self._network = NetworkLog(
            axis,
            options=options,
            admit=self._exchange_limits.admits,
            on_change=self._mark,
            on_data=self._bodies.on_data,
            on_finished=self._bodies.enqueue,
            facts=facts,
        )
        self._streams = StreamLog(self._network, axis, facts)
        self._endings = Endings(self._network, axis, on_change=self._mark, on_finished=self._bodies.enqueue)

    def begin(self) -> None:
        """Start to record."""
        self.has_begun = self._is_open = True
        if self._options.has_filmstrip and self.main is not None:
            self._filmstrip.start(self.main)

    def end(self) -> None:
        """Ignore all further events."""
        self._is_open = False

    def prepare(self, session: CdpSession) -> None:
        """Enable the CDP domains of a new target; the target is paused until then."""
        self.sessions[session.id] = session
        is_page = session.target.type == "page"
        if is_page and self.main is None:
            self.main = session
        elif is_page and not self._may_open_popup(session):
            return
        commands: list[tuple[str, Params]] = [("Network.enable", NETWORK_ENABLE), ("Runtime.enable", {})]
        if is_page or session.target.type == "iframe":
            commands += [
                ("Page.enable", {}),
                ("Page.setLifecycleEventsEnabled", {"enabled": True}),
                ("PerformanceTimeline.enable", {"eventTypes": ["largest-contentful-paint", "layout-shift"]}),
            ]
        commands += [("Log.enable", {}), *self._prepare(session)]
        for name, params in commands:
            session.post(name, params)

    def on_event(self, session: CdpSession, method: str, params: Params) -> None:
        if not self._is_open:
            return
        domain = method.partition(".")[0]
        if domain == "Network":
            self._network.on_event(session, method, params)
            self._streams.on_event(session, method, params)
            if method not in FLOWING:
                self.last_change_ms = self.axis.now_ms()
            return
        if method == "Page.screencastFrame":
            self._filmstrip.on_frame(session, params)
            return
        self._endings.on_event(method, params)
        if method == "Page.downloadWillBegin":
            self._download(session, params)
        self.page.on_event(session, method, params, is_main=session is self.main)
        if message := console_values(method, params, self.axis, self._facts):
            self._add_console(message)

    def on_closed(self, session: CdpSession) -> None:
        self.sessions.pop(session.id, None)
        if self._is_open:
            self._endings.on_closed(session)

    def add(self, record: ExchangeRecord) -> None:
        """Add an exchange from another source than CDP."""
        if self._is_open:
            self._network.add(record)
            self.last_change_ms = self.axis.now_ms()

    def changed(self, record: ExchangeRecord) -> None:
        """Note that *record*, which was given to `add`, has changed."""
        if self._is_open and record.request_id in self._network.hops:
            self._network.changed(record)
            self.last_change_ms = self.axis.now_ms()

    def add_console(self, *, offset_ms: float | None = None, **values: Any) -> None:
        """Add a console message from another source than CDP, about *offset_ms* after the start or about now."""
        if self._is_open:
            offset_ms = self.axis.now_ms() if offset_ms is None else offset_ms
            self._add_console(values | {"offset_ms": offset_ms, "timestamp": self.axis.moment(offset_ms)})

    def note(self, text: str) -> None:
        """Add a message of Watchwright itself to the console."""
        self._add_console(note_values(text, self.axis))

    def add_artifact(self, kind: ArtifactKind, mime_type: str, data: bytes, offset_ms: float) -> None:
        """Add a picture or another file that was made *offset_ms* after the start."""
        values = {"kind": kind, "mime_type": mime_type, "data": data, "size_bytes": len(data), "offset_ms": offset_ms}
        self._artifacts.append(values | {"timestamp": self.axis.moment(offset_ms)})
        self.wakened.set()

    def take(self) -> Batch:
        """Return everything new since the last call. Exchanges that are held back for a moment set `wakened` again."""
        self.wakened.clear()
        facts = self._pending.take(is_recording=self._is_open)
        if self._pending:
            self.wakened.set()
        console, self._console = self._console, []
        artifacts, self._artifacts = self._artifacts, []
        return Batch(facts=facts, console=console, artifacts=artifacts)

    def watch_document(self, loader_id: str) -> None:
        """Make `document` return the exchange that loads the document *loader_id*."""
        self._loader_id = loader_id

    def document(self) -> ExchangeRecord | None:
        """Return the exchange of the main document, after redirects; None before its request."""
        return self._network.current(self._loader_id) if self._loader_id else None

    @property
    def records(self) -> list[ExchangeRecord]:
        """All exchanges; the hops of a redirect follow each other."""
        return [record for hops in self._network.hops.values() for record in hops]

    @property
    def dropped_count(self) -> int:
        """The number of exchanges that were dropped because the session's limit was reached."""
        return self._exchange_limits.dropped_count

    @property
    def open_count(self) -> int:
        """The number of open exchanges that idleness waits for; a stream counts only until it is established."""
        waited_for = (record for record in self._network.open_records() if record.left_at is None)
        return sum(record.resource_type not in STREAMS or self._is_opening(record) for record in waited_for)

    def _is_opening(self, record: ExchangeRecord) -> bool:
        is_new = self.axis.now_ms() - self.axis.offset_ms(record.asked_at) < STREAM_OPENS_MS
        return is_new and record.answered_at is None and record.resource_type != "media"

    async def settle(self, timeout_seconds: float) -> None:
        """Wait up to *timeout_seconds* for bodies that are still being fetched."""
        await self._bodies.finish(timeout_seconds)

    def page_loaded(self) -> None:
        """Start to fetch the bodies that were postponed so that they do not slow the page's load."""
        self._bodies.page_loaded()

    def close_open(self, at_ms: float, *, reason: str | None) -> None:
        """End all open exchanges; see `Endings.close_open`."""
        self._endings.close_open(at_ms, reason=reason)

    def _mark(self, record: ExchangeRecord) -> None:
        self._pending.mark(record)
        self.wakened.set()

    def _body_came(self, record: ExchangeRecord) -> None:
        self._exchange_limits.count_bodies(record)
        self._mark(record)

    def _download(self, session: CdpSession, params: Params) -> None:
        at = self.axis.monotonic(self.axis.now_ms())
        if download := download_record(session, params, self.records, at):
            self._network.add(download)
        for record in end_downloads(params["url"], self.records, self.document(), at):
            self._network.changed(record)

    def _may_open_popup(self, session: CdpSession) -> bool:
        self._popups += 1
        if self._popups <= POPUPS_ALLOWED:
            return True
        if self._popups == POPUPS_ALLOWED + 1:
            self.note(f"The page opened more than {POPUPS_ALLOWED} windows. Further ones were closed.")
        session.post("Page.close")
        return False

    def _add_frame(self, picture: bytes, wall_seconds: float) -> None:
        self.add_artifact(ArtifactKind.FRAME, "image/jpeg", picture, max(0.0, self.axis.wall_offset_ms(wall_seconds)))

    def _add_console(self, message: dict[str, Any]) -> None:
        if admitted := self._console_limits.admitted(message):
            self._console += admitted
            self.wakened.set()
