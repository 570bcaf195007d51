"""/: the overview of all websites, and the forms to add some."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import app, ui

from core.accounts.actor import Permission
from core.database import in_session
from core.errors import WatchwrightError
from core.importers.lists import Line
from core.phrases import isolated, listed
from core.schemas.url import as_typed
from core.services.tag_contents import TagContents
from dashboard.actions import bulk_edit, sessions, tags, websites
from dashboard.actions.trial import Trial, attempt
from dashboard.components.address_form import address_form
from dashboard.components.bulk_add_form import BulkAddDialog, Refused
from dashboard.components.bulk_edit_form import open_bulk_edit_form
from dashboard.components.elements import button, empty
from dashboard.components.website_form import WebsiteForm
from dashboard.components.website_list import BulkAction, EncodedBuckets, WebsiteList, preload
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error, succeeds
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.queries import selected_websites
from dashboard.queries.overview_feed import Changes, OverviewFeed
from dashboard.queries.overview_rows import load_buckets
from dashboard.runtime import Runtime
from dashboard.sections.tag_removal import ask_removal

MAX_NAMED = 3  # websites in a notice
NEW = {"check_interval": 60, "timeout": 10}
"""Defaults of the form for a new website, in seconds."""


def register(runtime: Runtime) -> None:
    """Define the page."""
    feed = OverviewFeed()
    app.on_startup(feed.start)
    app.on_shutdown(feed.stop)

    @ui.page("/", title="Overview · Watchwright", response_timeout=DRAW_SECONDS)
    async def overview_page() -> None:
        page = Overview(runtime, feed)
        leave = feed.follow(page.show_changes)
        ui.context.client.on_delete(leave)
        rows = await feed.rows()
        preload()
        with frame("Overview"):
            page.draw_list(rows)


class Overview:
    """One reader's view of the page."""

    def __init__(self, runtime: Runtime, feed: OverviewFeed) -> None:
        self._runtime = runtime
        self._feed = feed
        self._may_change = may(Permission.WRITE)  # here, as the feed also redraws the page, without an actor
        self._known: set[int] | None = None
        """Ids of the websites on the page; None until it is drawn."""
        self._list: WebsiteList | None = None
        self._last_edit: bulk_edit.BulkEdit | None = None

    def draw_list(self, rows: list[Any]) -> None:
        """Draw the page with *rows*. Its dialog to add several survives a redraw of the list, with what was typed."""
        self._several = BulkAddDialog(self._add_all)
        self.draw(rows)

    def show_changes(self, changes: Changes) -> None:
        """Show changes; the feed calls this.

        Before the page is drawn, changes can be ignored, as it will be drawn with all current rows. A refresh would
        replace them by the few changed rows.
        """
        if self._known is None:
            return
        was_empty = not self._known
        self._known |= {row[0] for row in changes.rows}
        self._known -= set(changes.removed)
        if self._list is not None and self._known:
            self._list.send_changes(changes.rows, changes.checks, changes.removed)
        elif was_empty != (not self._known):
            self.draw.refresh(changes.rows)

    @ui.refreshable_method
    def draw(self, rows: list[Any]) -> None:
        """Draw the list, or an introduction if there is no website."""
        self._known = {row[0] for row in rows}
        if not rows:
            self._list = None
            nothing_yet(self._paste, self._several.open, may_add=self._may_change)
            return
        self._list = WebsiteList(
            rows,
            start_session=self._start_session,
            act=self._act,
            edit=self._edit,
            delete_tag=self._ask_delete_tag,
            buckets=self._buckets,
            unavailable=self._runtime.sessions.unavailable_reason(),
        )
        if not self._may_change:
            self._list.classes("wl-looked-at")
            return
        with self._list:
            button("Add several", self._several.open, kind="wl-several")
            button("+ Add website", self._open_form, kind="ww-primary")

    def _open_form(self) -> None:
        WebsiteForm("Add website", NEW, self._add, self._try, action="Start monitoring")

    async def _paste(self, typed: str) -> None:
        await websites.add({"url": as_typed(typed)})

    async def _add(self, values: dict[str, Any], _opened: dict[str, Any]) -> None:
        await websites.add(values)

    async def _try(self, values: dict[str, Any]) -> Trial:
        return await attempt(values, self._runtime.settings)

    async def _add_all(self, lines: Sequence[Line], of_all: list[str]) -> list[Refused]:
        refused = []
        for line in lines:
            values = {"url": as_typed(line.address), "tags": [*of_all, *line.tags]}
            try:
                await websites.add(values | ({"name": line.name} if line.name else {}))
            except WatchwrightError as error:
                refused.append(Refused(line=line, reason=str(error)))
        return refused

    async def _edit(self, website_ids: list[int]) -> None:
        open_bulk_edit_form(website_ids, await in_session(selected_websites.load, website_ids), self._change_all)

    async def _change_all(self, website_ids: Sequence[int], values: dict[str, Any]) -> None:
        self._last_edit = await bulk_edit.change_all(website_ids, values)
        if self._list is not None:
            self._list.report_changed(website_ids)

    async def _buckets(self, span: str, website_ids: list[int]) -> EncodedBuckets:
        return await in_session(load_buckets, span, website_ids)

    async def _act(self, act: BulkAction) -> bool:
        """Perform the action; return whether it succeeded. The list offers Undo before it asks for a deletion."""
        if act.action == "delete":
            for website_id in act.website_ids:  # one transaction each: a website may have half a million checks
                await notify_on_error(websites.remove(website_id))
            return True
        return await succeeds(self._change(act))

    async def _change(self, act: BulkAction) -> None:
        if act.action == "check":
            await websites.check_all_now(self._runtime.monitor, act.website_ids)
        elif act.action == "revert":
            kept = await bulk_edit.undo(self._last_edit) if self._last_edit is not None else []
            if kept:
                ui.notify(kept_words(kept), type="info", timeout=8_000)
        elif act.action in ("tag", "untag"):
            await bulk_edit.change_tags(act.website_ids, act.tag, is_added=act.action == "tag")
        else:
            await bulk_edit.set_active(act.website_ids, is_active=act.action == "resume")

    async def _ask_delete_tag(self, tag: str) -> None:
        contents = await notify_on_error(tags.contents(tag))
        if contents is not None:
            ask_removal(contents, partial(self._remove_tag, contents))

    async def _remove_tag(self, contents: TagContents) -> None:
        await tags.remove(contents)
        ui.navigate.to("/")

    async def _start_session(self, website_id: int) -> None:
        session_id = await notify_on_error(sessions.start(self._runtime.sessions, website_id))
        if session_id is not None:
            ui.navigate.to(f"/debug-sessions/{session_id}")


def kept_words(names: Sequence[str]) -> str:
    """Say on which websites undoing an edit left values that were changed since."""
    named = [isolated(name) for name in names[:MAX_NAMED]]
    others = [f"{len(names) - MAX_NAMED:,} more"] if len(names) > MAX_NAMED else []
    return (
        f"Not undone on {listed([*named, *others])}: these values were changed since, or the former ones no longer fit."
    )


def nothing_yet(submit: Callable[[str], Awaitable[None]], open_several: Callable[[], None], *, may_add: bool) -> None:
    """Draw the introduction of an empty overview: one field for an address."""
    if not may_add:
        empty(
            "No websites yet",
            "Editors can add some.",
            level="h1",
        )
        return
    words = "Paste its address. The first check runs within seconds."
    with empty("Add your first website", words, level="h1"):
        field = address_form(submit, label="Website address", action="Start monitoring", kind="ww-paste")
        field.props("autofocus")
        button("Add several", open_several, kind="ww-quiet")
