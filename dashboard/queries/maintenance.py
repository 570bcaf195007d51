"""Reads what the maintenance page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.clock import utc_at, utc_now
from core.errors import InvalidInput
from core.models import MaintenanceWindow
from core.schemas import MaintenanceWindowCreate
from core.services import MaintenanceWindowCRUD, TagCRUD, WebsiteCRUD
from core.services.maintenance_window import next_occurrences, occurrences
from dashboard.parsing.subjects import Choice, subject_key, subjects_among
from dashboard.words.recurrence import describe

MAX_LISTED = 500  # windows on the page
MAX_TAGS = 5_000  # in the form's choices
AHEAD = 5  # occurrences that a preview shows
SEARCH_BACK = timedelta(days=400)  # how far back to search for the last occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceTimes:
    """The start and end of one occurrence."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWindow:
    """A maintenance window, as the page shows it."""

    window: MaintenanceWindow
    subject: str
    recurs: str
    now: OccurrenceTimes | None
    ahead: list[OccurrenceTimes]
    """Occurrences that have not begun."""
    last: OccurrenceTimes | None
    """The last occurrence that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceState:
    """Everything the page shows."""

    running: list[PlannedWindow]
    coming: list[PlannedWindow]
    past: list[PlannedWindow]
    choices: list[Choice]


def load(db: Session) -> MaintenanceState:
    """Return all windows, grouped by running, coming and past: coming ones soonest first, past ones latest first."""
    now = utc_now()
    choices = _choices(db)
    names = {choice.key: choice.words for choice in choices}
    windows, _total = MaintenanceWindowCRUD.get_all(db, 0, MAX_LISTED)
    plans = [_plan(window, names, now) for window in windows]
    over = [plan for plan in plans if plan.now is None and not plan.ahead]
    return MaintenanceState(
        running=sorted((plan for plan in plans if plan.now), key=lambda plan: plan.now.ended_at if plan.now else now),
        coming=sorted(
            (plan for plan in plans if plan.now is None and plan.ahead), key=lambda plan: plan.ahead[0].started_at
        ),
        past=sorted(over, key=lambda plan: plan.last.ended_at if plan.last else plan.window.starts_at, reverse=True),
        choices=choices,
    )


def preview(data: MaintenanceWindowCreate) -> list[OccurrenceTimes]:
    """Return the next occurrences of a window that is not stored."""
    window = MaintenanceWindow(**data.model_dump(), ended_early=None)
    try:
        spans = next_occurrences(window, after=utc_now(), count=AHEAD)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("The rule cannot be followed so far; choose a nearer start or another rule.") from error
    return _occurs(spans)


def _choices(db: Session) -> list[Choice]:
    return subjects_among(
        TagCRUD.get_used(db, MAX_TAGS), WebsiteCRUD.get_names(db), of_all="All websites", of_tag="Tag"
    )


def _plan(window: MaintenanceWindow, names: dict[str, str], now: datetime) -> PlannedWindow:
    coming = _occurs(next_occurrences(window, after=now, count=AHEAD + 1))
    over = [
        occurrence
        for occurrence in _occurs(occurrences(window, since=now - SEARCH_BACK, until=now))
        if occurrence.ended_at <= now
    ]
    if window.recurrence is None and not coming and not over:
        over = _occurs(occurrences(window, since=window.starts_at, until=now))
    return PlannedWindow(
        window=window,
        subject=names.get(subject_key(window.website_id, window.tag_id), "a website"),
        recurs=describe(window.recurrence, window.starts_at.astimezone(ZoneInfo(window.timezone))),
        now=next((occurrence for occurrence in coming if occurrence.started_at <= now), None),
        ahead=[occurrence for occurrence in coming if occurrence.started_at > now][:AHEAD],
        last=over[-1] if over else None,
    )


def _occurs(spans: Sequence[tuple[float, float]]) -> list[OccurrenceTimes]:
    return [OccurrenceTimes(started_at=utc_at(start), ended_at=utc_at(end)) for start, end in spans]
