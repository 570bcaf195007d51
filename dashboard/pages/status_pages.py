"""/status-pages: the list of status pages, and a form to edit them."""

from functools import partial
from typing import Any

from nicegui import ui

from core.accounts.actor import Permission
from core.database import in_session
from core.phrases import counted
from core.schemas.status_page import StatusPageRead
from dashboard.actions import status_pages
from dashboard.components.elements import button, empty, only_for, text
from dashboard.components.managed_notice import managed_notice
from dashboard.components.small_dialogs import confirm
from dashboard.components.status_form import StatusForm
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.parsing.changed_fields import changed_fields
from dashboard.parsing.status_groups import as_groups
from dashboard.queries.status_pages import PageShown, lines_to_show, load
from dashboard.runtime import Runtime

PATH = "/status-pages"


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page(PATH, response_timeout=DRAW_SECONDS)
    async def status_pages_page() -> None:
        shown = StatusPagesPage(*await in_session(load))
        with frame("Status pages"):
            shown.draw()


class StatusPagesPage:
    """One reader's view of the page."""

    def __init__(self, pages: list[PageShown], channels: list[tuple[str, str]]) -> None:
        self._pages, self._channels = pages, channels
        self._may_change = may(Permission.WRITE)

    def draw(self) -> None:
        """Draw the title and the list."""
        with ui.element("div").classes("ww-title"):
            text("h1", "Status pages")
            text("span", "public pages that need no account", "ww-muted")
            with ui.element("div").classes("ww-actions") as self._adding:
                only_for(Permission.WRITE, button("Add status page", self._add, kind="ww-primary"))
        self.body()

    @ui.refreshable_method
    def body(self) -> None:
        """Draw the status pages."""
        self._adding.set_visibility(bool(self._pages))
        if not self._pages:
            what = "the status of chosen websites, with 90 days of history, updates and a feed."
            with empty("No status pages yet", f"Publish {what}" if self._may_change else f"Editors can publish {what}"):
                if self._may_change:
                    button("Add status page", self._add, kind="ww-primary")
            return
        with ui.element("section").classes("ww-card").props("aria-label='Status pages'"):
            for shown in self._pages:
                self._row(shown)

    def _row(self, shown: PageShown) -> None:
        page = shown.page
        facts = [counted(shown.websites, "website")]
        facts += [f"{shown.left_out:,} more left out: the page is full"] if shown.left_out else []
        facts += ["password-protected"] if page.has_password else []
        facts += [] if page.is_published else ["not published"]
        facts += [f"at {page.domain}"] if page.domain else []
        facts += [f"{shown.subscribers} subscribed"] if page.channel_id else []
        with ui.element("div").classes("ww-plan"):
            with ui.element("div").classes("ww-what"):
                text("b", page.title)
                ui.link(f"/status/{page.slug}", f"/status/{page.slug}").classes("ww-link")
                text("div", " · ".join(facts), "ww-muted")
                managed_notice(page.managed_by)
            if self._may_change:
                with ui.element("div").classes("ww-actions"):
                    button("Edit", partial(self._edit, page.id), says=f"Edit {page.title}")
                    button("Delete", partial(self._ask_delete, page), says=f"Delete {page.title}")

    async def _add(self) -> None:
        await self._open("Add status page", None, {"is_published": True})

    async def _edit(self, page_id: int) -> None:
        """Open the form with the stored values, which may be newer than the list."""
        await self._reload()
        shown = next((candidate for candidate in self._pages if candidate.page.id == page_id), None)
        if shown is None:
            ui.notify("This status page was deleted.", type="negative")
            return
        values = shown.page.model_dump(exclude={"groups"}) | {"lines": shown.lines}
        values["channel_id"] = str(shown.page.channel_id or "")
        await self._open(f"Edit {shown.page.title}", page_id, values)

    async def _open(self, heading: str, page_id: int | None, values: dict[str, Any]) -> None:
        websites = await in_session(lines_to_show)
        StatusForm(heading, values, partial(self._keep, page_id), channels=self._channels, websites=websites)

    async def _keep(self, page_id: int | None, values: dict[str, Any], opened: dict[str, Any]) -> None:
        if page_id is None:
            await status_pages.add(await _with_groups(values))
        else:
            await status_pages.change(page_id, await _with_groups(changed_fields(values, opened)))
        await self._reload()

    def _ask_delete(self, page: StatusPageRead) -> None:
        confirm(
            f"Delete {page.title}?",
            "Its address stops working and its subscribers are deleted. This cannot be undone.",
            "Delete status page",
            partial(self._delete, page.id),
        )

    async def _delete(self, page_id: int) -> None:
        await notify_on_error(status_pages.remove(page_id))
        await self._reload()

    async def _reload(self) -> None:
        before = self._pages
        self._pages, self._channels = await in_session(load)
        if self._pages != before:  # a redraw would replace the pressed button, to which the focus returns
            self.body.refresh()


async def _with_groups(values: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in values.items() if name != "lines"}
    if "lines" in values:
        fields["groups"] = [group.model_dump() for group in await in_session(as_groups, values["lines"])]
    return fields
