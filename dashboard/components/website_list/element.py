"""The list as a NiceGUI element. Each row is sent once, later only changes."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from nicegui import ui
from nicegui.dependencies import register_esm
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.busy_controls import on_emit
from dashboard.components.url_prefix import prefixed
from dashboard.components.website_list.row import Wire
from dashboard.error_notices import notify_failure

ACTIONS = frozenset({"pause", "resume", "check", "delete", "tag", "untag", "revert"})
SPANS = frozenset({"24h", "7d", "30d", "90d"})
MAX_BUCKET_ROWS = 200  # per request of buckets: more than any screen shows
VIEW = Path(__file__).parent / "view"

# The URL contains the newest file's time, as browsers cache the modules for a year.
register_esm("watchwright-website-list", VIEW, max_time=max(path.stat().st_mtime for path in (VIEW, *VIEW.iterdir())))

PRELOAD = f"""<script>
for (const file of {json.dumps(sorted(path.name for path in VIEW.iterdir()))}) {{
  const {{ imports }} = JSON.parse(document.querySelector("script[type=importmap]").textContent);
  const href = imports["watchwright-website-list/"] + file;
  document.head.append(Object.assign(document.createElement("link"), {{ rel: "modulepreload", href }}));
}}
</script>"""

EncodedBuckets = tuple[float, Mapping[int, str]]
"""The end of the buckets, in seconds since 1970, and each website's bar, encoded by `run_lengths`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """An action on the selected websites."""

    action: str
    """One of `ACTIONS`."""
    website_ids: list[int]
    tag: str


def preload() -> None:
    """Make the browser fetch the list's modules while it parses the page, not one after another."""
    ui.add_head_html(PRELOAD)


class WebsiteList(Element, component="website_list.js"):
    """Websites with status, heartbeat bar, response times and uptime. The browser sorts, filters and groups them."""

    def __init__(
        self,
        rows: Sequence[Wire],
        *,
        start_session: Callable[[int], Awaitable[None]],
        act: Callable[[BulkAction], Awaitable[bool]],
        edit: Callable[[list[int]], Awaitable[None]],
        delete_tag: Callable[[str], Awaitable[None]],
        buckets: Callable[[str, list[int]], Awaitable[EncodedBuckets]],
        unavailable: str | None,
    ) -> None:
        """Args:
        rows: Rows encoded by `Row.wire`.
        start_session: Called with a website's id when **Start debug session** is pressed.
        act: Called with an action; returns whether it succeeded.
        edit: Called with the websites' ids when the bulk edit dialog is requested.
        delete_tag: Called with the chosen tag when its deletion is requested.
        buckets: Called with one of `SPANS` and the visible websites' ids, for their heartbeat bars.
        unavailable: Why no session can be started; None if one can.
        """
        super().__init__()
        # As text: NiceGUI would make each value of a thousand rows reactive, in every open page.
        self._props["rows"] = orjson.dumps(rows).decode()
        self._props["unavailable"] = unavailable
        self._props["prefix"] = prefixed("")
        self._start_session, self._act, self._edit, self._buckets = start_session, act, edit, buckets
        self._delete_tag = delete_tag
        on_emit(self, "start", self._on_start)
        on_emit(self, "edit", self._on_edit)
        on_emit(self, "deleteTag", self._on_delete_tag)
        self.on("act", self._on_act)
        self.on("spans", self._on_spans)

    def send_changes(self, rows: Sequence[Wire], checks: Sequence[Wire], removed: Sequence[int]) -> None:
        """Send new or changed *rows*, new *checks* and *removed* ids."""
        self.run_method("change", rows, checks, removed)

    def report_changed(self, website_ids: Sequence[int]) -> None:
        """Say that `edit` changed these websites, and offer Undo, which is the action ``revert``."""
        self.run_method("changed", website_ids)

    async def _on_start(self, event: GenericEventArguments) -> None:
        await self._start_session(int(event.args))

    async def _on_edit(self, event: GenericEventArguments) -> None:
        await self._edit([int(website_id) for website_id in event.args])

    async def _on_delete_tag(self, event: GenericEventArguments) -> None:
        await self._delete_tag(str(event.args))

    async def _on_act(self, event: GenericEventArguments) -> None:
        message: dict[str, Any] = event.args
        if message.get("action") in ACTIONS:
            ids = [int(website_id) for website_id in message["ids"]]
            is_done = False
            try:
                is_done = await self._act(
                    BulkAction(action=message["action"], website_ids=ids, tag=str(message.get("tag") or ""))
                )
            except Exception as error:  # any error must be shown to the reader; NiceGUI logs it
                notify_failure(event.client, error)
                raise
            finally:
                self.run_method("done", is_done)

    async def _on_spans(self, event: GenericEventArguments) -> None:
        message: dict[str, Any] = event.args
        if message.get("span") in SPANS:
            ids = [int(website_id) for website_id in message["ids"][:MAX_BUCKET_ROWS]]
            until, letters = await self._buckets(message["span"], ids)
            self.run_method("fill", message["span"], until, list(letters.items()))
