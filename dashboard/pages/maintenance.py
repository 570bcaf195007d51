"""/maintenance: running, coming and past maintenance, and a form to plan it."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from nicegui import ui

from core.accounts.actor import Permission
from core.clock import utc_now
from core.database import in_session
from core.schemas import MaintenanceWindowCreate
from core.signals import maintenance_changed, website_changed
from dashboard.actions import maintenance
from dashboard.components.elements import button, card_head, empty, moment, only_for, text
from dashboard.components.keep_current import keep_current
from dashboard.components.maintenance_form import Draft, MaintenanceForm, draft_of
from dashboard.components.managed_notice import managed_notice
from dashboard.components.small_dialogs import confirm
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error
from dashboard.format import duration
from dashboard.frame import DRAW_SECONDS, ask_reader_zone, frame, reader_zone
from dashboard.parsing.changed_fields import changed_fields
from dashboard.parsing.subjects import subject_key, with_subject
from dashboard.queries.maintenance import MaintenanceState, OccurrenceTimes, PlannedWindow, load, preview
from dashboard.runtime import Runtime
from dashboard.url_numbers import read_id

TICK_SECONDS = 0.5  # between two polls for changes
MINUTE_TICKS = 60  # polls between two reloads without a change, as maintenance begins and ends with time
AN_HOUR = 3_600
FIRST_START = frozenset({"starts_at", "timezone"})  # one instant, so they are saved together


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/maintenance", response_timeout=DRAW_SECONDS)
    async def maintenance_page(website: str = "") -> None:
        page = MaintenancePage(await in_session(load))
        with frame("Maintenance"):
            page.draw()
        for signal in (maintenance_changed, website_changed):
            ui.context.client.on_delete(signal.connect(page.on_change))
        keep_current(page.catch_up, TICK_SECONDS, note_all=page.on_change)
        if (website_id := read_id(website)) is not None:
            page.plan(f"website-{website_id}")


class MaintenancePage:
    """One reader's view of the page."""

    def __init__(self, state: MaintenanceState) -> None:
        self._state = state
        self._zone = reader_zone()
        self._is_stale = False
        self._ticks = 0

    def on_change(self, _fact: Any = None) -> None:
        """Note that something changed (a signal handler)."""
        self._is_stale = True

    async def catch_up(self) -> None:
        """Show what changed since the last call."""
        self._ticks += 1
        if self._zone is None:
            self._zone = await ask_reader_zone()
        if self._is_stale or self._ticks % MINUTE_TICKS == 0:
            self._is_stale = False
            before, self._state = self._state, await in_session(load)
            if _shown(before) != _shown(self._state):
                self.plans.refresh()

    def draw(self) -> None:
        """Draw the title and the lists."""
        with ui.element("div").classes("ww-title"):
            text("h1", "Maintenance")
            text("span", "checks continue, without alerts and without counting towards uptime", "ww-muted")
            with ui.element("div").classes("ww-actions") as self._adding:
                only_for(Permission.WRITE, button("Plan maintenance", self.plan, kind="ww-primary"))
        self.plans()

    def plan(self, subject: str = "all") -> None:
        """Open the form for a new window, which begins at the next full hour."""
        zone = self._zone or ZoneInfo("UTC")
        start = (utc_now().astimezone(zone) + timedelta(hours=1)).replace(minute=0)
        name = getattr(zone, "key", "UTC")
        draft = draft_of(name="", subject=subject, start=start, seconds=AN_HOUR, recurrence=None, timezone=name)
        self._open("Plan maintenance", draft, None)

    @ui.refreshable_method
    def plans(self) -> None:
        """Draw the windows, grouped by running, coming and past."""
        state = self._state
        is_empty = not (state.running or state.coming or state.past)
        self._adding.set_visibility(not is_empty)
        if is_empty:
            words = "when a website may be down: once or repeatedly, for one website or for all."
            words = f"Plan {words}" if may(Permission.WRITE) else f"Editors can plan {words}"
            with empty("No maintenance planned", words):
                only_for(Permission.WRITE, button("Plan maintenance", self.plan, kind="ww-primary"))
            return
        for title, note, plans in (
            ("Now", "", state.running),
            ("Upcoming", "next first", state.coming),
            ("Past", "latest first", state.past),
        ):
            if plans:
                with ui.element("section").classes("ww-card").props(f'aria-label="{title}"'):
                    card_head(title, note)
                    for plan in plans:
                        self._row(plan)

    def _row(self, plan: PlannedWindow) -> None:
        window = plan.window
        with ui.element("div").classes("ww-plan"):
            ui.element("i").classes("ww-hatch").props("aria-hidden=true")
            with ui.element("div").classes("ww-what"):
                text("b", window.name)
                with ui.element("div").classes("ww-secondary"):
                    _when(plan)
                lasts = duration(window.duration_seconds)
                zone = f", {window.timezone}" if window.recurrence else ""
                text("div", f"{plan.subject} · {plan.recurs}, {lasts}{zone}", "ww-muted")
                managed_notice(window.managed_by)
            with only_for(Permission.WRITE, ui.element("div").classes("ww-actions")):
                if plan.now:
                    button("End now", partial(self._ask_end, plan))
                button("Edit", partial(self._edit, plan), says=f"Edit {window.name}")
                button("Delete", partial(self._ask_delete, plan), says=f"Delete {window.name}")

    def _edit(self, plan: PlannedWindow) -> None:
        window = plan.window
        draft = draft_of(
            name=window.name,
            subject=subject_key(window.website_id, window.tag_id),
            start=window.starts_at.astimezone(ZoneInfo(window.timezone)),
            seconds=window.duration_seconds,
            recurrence=window.recurrence,
            timezone=window.timezone,
        )
        self._open("Edit maintenance", draft, window.id)

    def _open(self, title: str, draft: Draft, window_id: int | None) -> None:
        subjects = [(choice.key, choice.words) for choice in self._state.choices]
        submit = partial(self._keep, window_id)
        MaintenanceForm(title, draft, submit, _preview, subjects=subjects, reader=self._zone or UTC)

    async def _keep(self, window_id: int | None, values: dict[str, Any], opened: dict[str, Any]) -> None:
        if window_id is None:
            await maintenance.add(with_subject(values))
        else:
            await maintenance.change(window_id, with_subject(changed_fields(values, opened, FIRST_START)))

    def _ask_end(self, plan: PlannedWindow) -> None:
        later = " Later occurrences are not affected." if plan.window.recurrence else ""
        confirm(
            f"End {plan.window.name} now?",
            f"Downtime counts again and alerts are sent from now on.{later}",
            "End now",
            partial(_quietly, maintenance.end_now, plan.window.id),
        )

    def _ask_delete(self, plan: PlannedWindow) -> None:
        confirm(
            f"Delete {plan.window.name}?",
            "Outages during this maintenance will count as downtime, including past ones. This cannot be undone.",
            "Delete maintenance",
            partial(_quietly, maintenance.remove, plan.window.id),
        )


async def _quietly(do: Any, window_id: int) -> None:
    await notify_on_error(do(window_id))


def _when(plan: PlannedWindow) -> None:
    if plan.now:
        text("span", "until ")
        moment(plan.now.ended_at, is_long=True, is_planned=True)
        if plan.ahead:
            text("span", ", then ")
    elif not plan.ahead and plan.last:
        text("span", "was ")
        _from_to(plan.last)
    for number, occurrence in enumerate(plan.ahead[:3]):
        if number:
            text("span", ", ")
        if number or plan.now:
            moment(occurrence.started_at, is_long=True, is_planned=True)
        else:
            _from_to(occurrence)


def _from_to(occurrence: OccurrenceTimes) -> None:
    moment(occurrence.started_at, is_long=True, is_planned=True)
    text("span", " to ")
    moment(occurrence.ended_at, since=occurrence.started_at, is_planned=True)


def _preview(values: dict[str, Any]) -> Sequence[tuple[Any, Any]]:
    data = MaintenanceWindowCreate.checked(values | {"name": values["name"] or "new"})
    return [(occurrence.started_at, occurrence.ended_at) for occurrence in preview(data)]


def _shown(state: MaintenanceState) -> list[Any]:
    plans = (state.running, state.coming, state.past)
    return [
        [(plan.window.id, plan.window.updated_at, plan.subject, plan.now, plan.ahead, plan.last) for plan in several]
        for several in plans
    ]
