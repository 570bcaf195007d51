"""/audit: the audit log, for administrators."""

from collections.abc import Sequence

from nicegui import ui

from core.errors import NotAllowed
from core.phrases import spelled
from core.schemas import AuditEventRead
from dashboard.actions import accounts
from dashboard.components.elements import moment, table_head, text
from dashboard.components.filters import Choice, Filters, address, pager
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.runtime import Runtime
from dashboard.url_numbers import read_page

PATH = "/audit"
PAGE_SIZE = 50  # lines
ACTIONS = (
    ("", "Everything"),
    ("sign_in", "Sign-in"),
    ("sign_in.fail", "Failed sign-ins"),
    ("sign_out", "Sign-out"),
    ("user", "Accounts"),
    ("token", "API tokens"),
    ("website", "Websites"),
    ("tag", "Tags"),
    ("downtime_window", "Downtime notes"),
    ("maintenance", "Maintenance"),
    ("debug_session", "Debug sessions"),
    ("channel", "Channels"),
    ("rule", "Notification rules"),
    ("report", "Monthly reports"),
    ("status_page", "Status pages"),
)


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page(PATH, response_timeout=DRAW_SECONDS)
    async def audit_page(page: str = "", actor: str = "", action: str = "") -> None:
        chosen = {name: value for name, value in (("actor", actor), ("action", action)) if value}
        number = read_page(page)
        with frame("Audit log", active="/settings"):
            try:
                events, total = await accounts.audit_events(
                    (number - 1) * PAGE_SIZE, PAGE_SIZE, actor=actor or None, action=action or None
                )
                actors = await accounts.audit_actors()
            except NotAllowed as error:
                text("h1", "Audit log")
                text("p", str(error), "ww-secondary")
                return
            _title(chosen)
            Filters(PATH, _choices(chosen, actors), chosen)
            _table(events, empty="No entries match the filters." if chosen else "No entries yet.")
            pager(PATH, chosen, page=number, page_size=PAGE_SIZE, total=total)


def details_words(details: dict[str, object] | None) -> str:
    """Return the other details of an audit event, on one line."""
    return ", ".join(
        f"{spelled(name)}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in (details or {}).items()
    )


def _title(chosen: dict[str, str]) -> None:
    with ui.element("div").classes("ww-title"):
        text("h1", "Audit log")
        text("span", "who changed what, when and from where", "ww-muted")
        with ui.element("div").classes("ww-actions"):
            ui.link("Accounts", "/users").classes("ww-button")
            lines = ui.link("Download JSON lines", address("/api/v1/audit-events.jsonl", chosen)).classes("ww-button")
            lines.props("download")


def _choices(chosen: dict[str, str], actors: Sequence[str]) -> list[Choice]:
    actor, action = chosen.get("actor", ""), chosen.get("action", "")
    others = [(action, action)] if action and action not in dict(ACTIONS) else []
    who = [*actors, *([actor] if actor and actor not in actors else [])]
    return [
        Choice(name="actor", label="Who", options=[("", "All people"), *((name, f"By {name}") for name in who)]),
        Choice(name="action", label="What", options=[*ACTIONS, *others]),
    ]


def _table(events: list[AuditEventRead], *, empty: str) -> None:
    with ui.element("section").classes("ww-card"):
        if not events:
            text("p", empty, "ww-table-empty")
            return
        scroll = ui.element("div").classes("ww-scroll").props('tabindex=0 role=region aria-label="Audit log"')
        with scroll, ui.element("table").classes("ww-table ww-acts"):
            table_head("When", "Who", "What", "Target", "From", "Details")
            with ui.element("tbody"):
                for event in events:
                    _row(event)


def _row(event: AuditEventRead) -> None:
    with ui.element("tr"):
        with ui.element("td"):
            moment(event.happened_at, is_long=True)
        with ui.element("td").classes("ww-breaks"):
            ui.link(event.actor, address(PATH, {"actor": event.actor}))
        text("td", event.action, "ww-mono")
        text("td", event.subject or "", "ww-breaks")
        text("td", event.address or "", "ww-mono")
        text("td", details_words(event.details), "ww-muted ww-breaks")
