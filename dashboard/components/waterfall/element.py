"""The waterfall as a NiceGUI element: it sends exchanges to the browser and answers the browser's requests."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from nicegui import __version__, ui
from nicegui.dependencies import compute_key, register_esm
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from core.debugging.waterfall import Exchange
from dashboard.components.busy_controls import on_emit
from dashboard.components.url_prefix import prefixed
from dashboard.components.waterfall.wire import FIRST_BATCH, Wire

VIEW = Path(__file__).parent / "view"

# The modules' URL contains this time and is cached for a year. Editing a file does not change its folder's time, and
# an installer may set a file's time from the archive, so the latest time of all is used.
CHANGED = max(path.stat().st_mtime for path in (VIEW, *VIEW.iterdir()))
register_esm("watchwright-waterfall", VIEW, max_time=CHANGED)

BASE = f"/_nicegui/{__version__}/esm/{compute_key(VIEW, max_time=CHANGED)}"
MODULES = sorted(path.name for path in VIEW.glob("*.js"))


def preload(base: str) -> str:
    """Return tags for the page's head that load all modules at once. Imports would load them one after another."""
    return f'<link rel="stylesheet" href="{base}/waterfall.css">' + "".join(
        f'<link rel="modulepreload" href="{base}/{name}">' for name in MODULES
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallHandlers:
    """Callables that answer the reader's requests. Each gets an exchange's id or the typed words."""

    details: Callable[[str], Awaitable[dict[str, Any] | None]]
    """Returns `details.describe` of an exchange, or None if it no longer exists."""
    having_response_header: Callable[[str], Awaitable[Iterable[str]]]
    """Returns the ids of exchanges whose response has the header; the name is in lower case."""
    search: Callable[[str], Awaitable[list[dict[str, Any]]]]
    """Returns hits in headers and bodies: exchange_id, where, before, match, after."""
    reopen: Callable[[str], Awaitable[None]] | None = None
    """Starts a session of the exchange's URL; None where that is not possible."""
    keep_columns: Callable[[dict[str, Any]], Awaitable[None]] | None = None
    """Stores the reader's choice of columns, which the next page passes as *columns*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitialState:
    """What the page itself contains, so that the first screen is painted before the socket is open."""

    exchanges: Iterable[Exchange] = ()
    """Exchanges in order of start; at most `FIRST_BATCH` are used."""
    totals: Mapping[str, int] | None = None
    """``requests``, ``transferred`` and ``failed`` of all rows, if they are known before all rows are loaded."""
    milestones: Mapping[str, float] = field(default_factory=dict)
    """See `Waterfall.set_milestones`."""
    pictures: Iterable[tuple[float, str]] = ()
    """See `Waterfall.set_pictures`. Sent later, the picture strip would push the rows down."""
    row: str | None = None
    """The exchange whose details are open at first."""


PAINT_TIMEOUT_SECONDS = 10.0
RECONNECT_POLL_SECONDS = 0.2  # between two polls whether a lost reader is back
SEARCH_LIMIT = 200  # hits; with more, the words were too common


class Waterfall(Element, component="waterfall.js"):
    """The requests of one debug session over time.

    Each exchange is sent to the browser once, and later only its changes. The browser sorts, filters and draws.
    """

    def __init__(
        self,
        handlers: WaterfallHandlers,
        *,
        name: str,
        first: InitialState = InitialState(),
        har: str | None = None,
        columns: Mapping[str, Any] | None = None,
    ) -> None:
        """Create the waterfall with its first rows.

        Args:
            handlers: Answer the browser's requests.
            name: Part of the names of saved files.
            first: What the page itself contains; `show` sends the rest.
            har: The URL of the session's HAR; None hides that export.
            columns: The stored choice of columns; None for what the browser remembers.
        """
        super().__init__()
        ui.add_head_html(preload(prefixed(BASE)))
        self._wire = Wire()
        self._prefix = prefixed("")
        self._handlers = handlers
        self._last_facts: dict[str, Any] = {}
        self._painted = asyncio.Event()
        self._props["first"] = {
            "batch": next(self._wire.batches(islice(first.exchanges, FIRST_BATCH)), None),
            "totals": dict(first.totals) if first.totals else None,
            "milestones": dict(first.milestones),
            "frames": self._frames(first.pictures),
            "wanted": self._wire.key_of(first.row) if first.row else None,
        }
        self._last_facts["setMilestones"] = dict(first.milestones)
        self._last_facts["setFrames"] = self._props["first"]["frames"]
        self._props["options"] = {
            "name": name,
            "har": prefixed(har) if har else None,
            "canReopen": handlers.reopen is not None,
            "columns": dict(columns) if columns else None,
        }
        self.on("painted", self._painted.set)
        self.on("inspect", self._inspect)
        self.on("ask", self._answer)
        self.on("search", self._search)
        if handlers.reopen:
            on_emit(self, "reopen", self._reopen)
        if keep := handlers.keep_columns:
            self.on("columns", lambda event: keep(event.args))

    def show(self, exchanges: Iterable[Exchange]) -> None:
        """Send what is new or changed in *exchanges*. Other rows stay as they are."""
        for batch in self._wire.batches(exchanges):
            self._send("apply", batch)

    async def painted(self) -> None:
        """Wait until the first screen is painted, as sending more before would delay it.

        Return after `PAINT_TIMEOUT_SECONDS` in any case.
        """
        with suppress(TimeoutError):
            await asyncio.wait_for(self._painted.wait(), PAINT_TIMEOUT_SECONDS)

    async def show_many(self, exchanges: Iterable[Exchange]) -> None:
        """Send all *exchanges*, and let the event loop do other work between batches.

        Wait while the reader's connection is lost; stop if the reader has left.
        """
        for batch in self._wire.batches(exchanges):
            if not await self._is_listening():
                return
            self._send("apply", batch)
        if await self._is_listening():
            self._send("setComplete")

    async def _is_listening(self) -> bool:
        """Wait while the reader's connection is lost. Return False once the page is deleted."""
        await asyncio.sleep(0)
        while not self.is_deleted and not self.client.has_socket_connection:  # noqa: ASYNC110 - NiceGUI has no event
            await asyncio.sleep(RECONNECT_POLL_SECONDS)
        return not self.is_deleted

    def set_state(self, *, is_running: bool, elapsed_ms: float, words: str) -> None:
        """Send whether the session runs, its age, and the *words* shown while there are no rows."""
        self._send_if_new(
            "setState", (is_running, words), {"running": is_running, "elapsed": round(elapsed_ms), "words": words}
        )

    def set_milestones(self, milestones: Mapping[str, float]) -> None:
        """Send milestones: ms after the session's start, by the names of `DebugSession.milestones`."""
        self._send_if_new("setMilestones", dict(milestones), dict(milestones))

    def set_console(self, messages: Iterable[tuple[float, str, str]]) -> None:
        """Send console errors and warnings, as (ms, level, text), to mark them on the axis."""
        sent = [{"at": at, "level": level, "text": text[:300]} for at, level, text in messages]
        self._send_if_new("setConsole", len(sent), sent)

    def set_pictures(self, pictures: Iterable[tuple[float, str]]) -> None:
        """Send the page's pictures, as (ms, address), in order of time."""
        sent = self._frames(pictures)
        self._send_if_new("setFrames", sent, sent)

    def _frames(self, pictures: Iterable[tuple[float, str]]) -> list[dict[str, Any]]:
        return [{"at": at, "src": f"{self._prefix}{src}"} for at, src in pictures]

    def select(self, exchange_id: str) -> None:
        """Open the details of an exchange that was sent before."""
        self._send("select", self._wire.key_of(exchange_id))

    async def _inspect(self, event: GenericEventArguments) -> None:
        exchange_id = self._exchange_id(event)
        details = await self._handlers.details(exchange_id) if exchange_id else None
        if details is not None:
            self._send("setDetails", {"key": event.args["key"], **details})

    async def _answer(self, event: GenericEventArguments) -> None:
        question = str(event.args.get("question", ""))
        kind, _, value = question.partition(":")
        if kind != "has-response-header":
            return
        found = await self._handlers.having_response_header(value)
        self._send("setAnswer", question, [self._wire.key_of(exchange_id) for exchange_id in found])

    async def _search(self, event: GenericEventArguments) -> None:
        text = str(event.args.get("text", ""))[:500]
        found = await self._handlers.search(text)
        hits = [{"key": self._wire.key_of(hit["exchange_id"]), **hit} for hit in found[:SEARCH_LIMIT]]
        self._send("setHits", {"text": text, "found": hits, "isCut": len(found) > SEARCH_LIMIT})

    async def _reopen(self, event: GenericEventArguments) -> None:
        exchange_id = self._exchange_id(event)
        if exchange_id and self._handlers.reopen:
            await self._handlers.reopen(exchange_id)

    def _exchange_id(self, event: GenericEventArguments) -> str | None:
        key = event.args.get("key")
        return self._wire.exchange_id_of(key) if isinstance(key, int) else None

    def _send_if_new(self, method: str, fact: Any, *args: Any) -> None:
        if self._last_facts.get(method) != fact:
            self._last_facts[method] = fact
            self._send(method, *args)

    def _send(self, method: str, *args: Any) -> None:
        self.run_method("tell", method, args)
