"""A dialog that says what is deleted with a tag and what stays, and asks before it is deleted."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from nicegui import ui

from core.phrases import counted, isolated, listed
from core.services.tag_contents import Named, TagContents
from dashboard.components.elements import text
from dashboard.components.small_dialogs import ask

Parts = Iterator[tuple[str, Sequence[Named]]]


def ask_removal(contents: TagContents, remove: Callable[[], Awaitable[None]]) -> None:
    """Open the dialog. *remove* may raise `WatchwrightError`."""

    def above() -> None:
        with ui.element("div").classes("ww-scrolls-inside").props("tabindex=0 role=group aria-label='What is deleted'"):
            text("h3", "Deleted")
            _list(deleted(contents))
            text("h3", "Kept")
            _list(kept(contents))

    ask(
        f"Delete the tag {isolated(contents.tag[1])} with {counted(len(contents.websites), 'website')}?",
        (),
        "Delete tag and websites" if contents.websites else "Delete tag",
        lambda _nothing: remove(),
        words="This cannot be undone.",
        above=above,
        is_loss=True,
    )


def deleted(contents: TagContents) -> Parts:
    """Yield what is deleted: words, and the names they are about."""
    if contents.websites:
        what = "with all checks, downtime windows, debug sessions and notifications"
        yield f"{counted(len(contents.websites), 'website')} {what}", contents.websites
    if contents.rules:
        yield counted(len(contents.rules), "notification rule"), contents.rules
    if contents.maintenance:
        yield counted(len(contents.maintenance), "maintenance window"), contents.maintenance
    if contents.reports:
        yield f"{counted(len(contents.reports), 'monthly report')} to", contents.reports
    if contents.pages:
        yield f"{counted(len(contents.pages), 'status page')} with subscribers", contents.pages
    yield "The tag", [contents.tag]


def kept(contents: TagContents) -> Parts:
    """Yield what stays although it has to do with the tag, and what a reader may wonder about."""
    if contents.kept_pages:
        count = counted(len(contents.kept_pages), "status page")
        also = "shows" if len(contents.kept_pages) == 1 else "show"
        yield f"{count} that also {also} others, without these websites", contents.kept_pages
    if contents.unused_channels:
        count = counted(len(contents.unused_channels), "notification channel")
        yield f"{count} that nothing else uses", contents.unused_channels
    if contents.managed_by:
        files = (
            f"file {contents.managed_by[0]}"
            if len(contents.managed_by) == 1
            else f"files {listed(contents.managed_by)}"
        )
        yield f"The configuration {files}. The next `watchwright apply` creates its part again", ()
    yield "Accounts, API tokens and the audit log", ()


def _list(parts: Parts) -> None:
    with ui.element("ul").classes("ww-plain"):
        for words, named in parts:
            with ui.element("li").classes("ww-breaks"):
                names = ", ".join(isolated(name) for _id, name in named)
                text("span", f"{words}: " if names else words)
                text("span", names, "ww-muted")
