"""The form of a maintenance window, with a preview of its next occurrences."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from nicegui import ui

from core.errors import InvalidInput
from core.input_messages import NOT_EMPTY
from dashboard.components.dialogs import opened_form
from dashboard.components.elements import text
from dashboard.components.fields import Field, Fields
from dashboard.words.recurrence import ONCE, OWN, presets, span_words

UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}
FormValues = dict[str, Any]
INPUTS = {"duration_seconds": "length", "starts_at": "starts", "recurrence": "rule"}
"""Inputs whose names differ from the window's fields."""
MAX_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The values of the form's inputs."""

    name: str
    subject: str
    """The key of what the window applies to."""
    starts: str
    """Local time, ``2026-03-01T12:00``."""
    length: str
    unit: str
    recurs: str
    """The key of a preset, or `OWN`."""
    rule: str
    timezone: str


class MaintenanceForm:
    """The form of a new window or a stored one, opened as a dialog."""

    def __init__(
        self,
        title: str,
        draft: Draft,
        submit: Callable[[FormValues, FormValues], Awaitable[None]],
        preview: Callable[[FormValues], Sequence[tuple[datetime, datetime]]],
        *,
        subjects: Sequence[tuple[str, str]],
        reader: tzinfo,
    ) -> None:
        """Args:
        title: The dialog's heading.
        draft: The inputs' values.
        submit: Gets the window's fields with ``subject``, the key of what it applies to, and the fields that the form
            opened with; may raise `WatchwrightError`.
        preview: Returns the next occurrences of such a window; may raise `InvalidInput`.
        subjects: What the window can apply to, as keys and labels.
        reader: The reader's time zone, in which the preview shows times too if the window has another.
        """
        self._submit, self._preview, self._reader = submit, preview, reader
        self._fields = fields = Fields(self._follow, named=INPUTS)
        units = tuple((unit, unit) for unit in UNITS)
        with opened_form(title, fields, self._save, size="ww-tall"):
            fields.draw(Field(name="name", label="Name"))
            fields.draw(Field(name="subject", label="For", kind="choice", choices=tuple(subjects)))
            with ui.element("div").classes("ww-row ww-wraps"):
                fields.draw(Field(name="starts", label="First start", kind="datetime-local"))
                fields.draw(Field(name="timezone", label="Time zone", proposed=tuple(sorted(available_timezones()))))
            with ui.element("div").classes("ww-row"):
                fields.draw(Field(name="length", label="Lasts", kind="number"))
                fields.draw(Field(name="unit", label="Unit", kind="choice", choices=units))
            fields.draw(Field(name="recurs", label="Repeats", kind="choice"))
            with ui.element("div") as self._rule:
                fields.draw(Field(name="rule", label="Rule (RRULE of RFC 5545)", hint="FREQ=MONTHLY;BYDAY=1SU"))
            fields.fill(asdict(draft))
            self._offer()
            with ui.element("div").props("role=status aria-label='Next occurrences'"):
                self.occurrences()

    def _follow(self) -> None:
        self._offer()
        self.occurrences.refresh()

    def _offer(self) -> None:
        """Update the recurrence presets, whose labels contain the day of the first start."""
        typed = self._fields.typed()
        offered = [(preset.key, preset.words) for preset in presets(_start(typed) or datetime.now(UTC))]
        self._fields.offer("recurs", [*offered, (OWN, "Custom rule")])
        self._rule.set_visibility(typed["recurs"] == OWN)

    @ui.refreshable_method
    def occurrences(self) -> None:
        """Draw the next five occurrences, or why they cannot be calculated."""
        text("span", "Next occurrences", "ww-secondary")
        typed = self._fields.typed()
        try:
            occurrences = self._preview(fields(typed))
        except InvalidInput as problem:
            text("p", str(problem), "ww-muted")
            return
        if not occurrences:
            text("p", "None: all occurrences are in the past.", "ww-muted")
            return
        if left_out := skipped(typed):
            text("p", left_out, "ww-muted")
        zone = ZoneInfo(typed["timezone"].strip())
        with ui.element("ol").classes("ww-occurrences"):
            for start, end in occurrences:
                with ui.element("li"):
                    text("span", span_words(start, end, zone))
                    if any(
                        at.astimezone(zone).utcoffset() != at.astimezone(self._reader).utcoffset()
                        for at in (start, end)
                    ):
                        text("span", f"your time: {span_words(start, end, self._reader)}", "ww-muted")

    async def _save(self) -> None:
        await self._submit(fields_of(self._fields.typed()), self._fields.as_filled(fields_of))


def fields_of(typed: dict[str, str]) -> FormValues:
    """Return the typed fields of a window, with its ``subject``.

    Raises:
        InvalidInput: A value is missing or invalid; `by_field` names each such input.
    """
    nameless = {} if typed["name"].strip() else {"name": NOT_EMPTY["string_too_short"]}
    if wrong := nameless | _wrong(typed):
        raise InvalidInput.of_each(wrong)
    return fields(typed) | {"subject": typed["subject"]}


def fields(values: dict[str, str]) -> FormValues:
    """Return the typed fields of a window for the schemas; its name may be missing.

    Raises:
        InvalidInput: Another value is missing or invalid; `by_field` names each such input.
    """
    start = _start(values)
    if start is None or _wrong(values):
        raise InvalidInput.of_each(_wrong(values))
    preset = next((preset for preset in presets(start) if preset.key == values["recurs"]), None)
    return {
        "name": values["name"].strip(),
        "starts_at": start.astimezone(UTC),
        "duration_seconds": _seconds(values),
        "recurrence": preset.rule if preset else values.get("rule", "").strip(),
        "timezone": values["timezone"].strip(),
    }


def _wrong(values: dict[str, str]) -> dict[str, str]:
    """Return the errors of the times by input."""
    wrong = {}
    if _zone(values) is None:
        wrong["timezone"] = "Enter a time zone such as Europe/Berlin or UTC."
    elif _start(values) is None:
        wrong["starts"] = "Enter a date and a time."
    if not 60 <= _seconds(values) <= MAX_DAYS * UNITS["days"]:
        wrong["length"] = f"Enter a number, which with its unit is 1 minute to {MAX_DAYS} days."
    return wrong


def draft_of(*, name: str, subject: str, start: datetime, seconds: int, recurrence: str | None, timezone: str) -> Draft:
    """Return the form's values for a stored window; *start* is in the window's time zone."""
    unit = next(unit for unit in reversed(UNITS) if seconds % UNITS[unit] == 0 or unit == "minutes")
    length = seconds / UNITS[unit]
    preset = next((preset for preset in presets(start) if preset.rule == recurrence), None)
    return Draft(
        name=name,
        subject=subject,
        starts=start.strftime("%Y-%m-%dT%H:%M"),
        length=f"{length:g}",
        unit=unit,
        recurs=preset.key if preset else ONCE if recurrence is None else OWN,
        rule=recurrence or "",
        timezone=timezone,
    )


def skipped(values: dict[str, str]) -> str:
    """Return a warning if the first start is in the hour that a clock change skips, else an empty text."""
    start = _start(values)
    existing = start and start.astimezone(UTC).astimezone(start.tzinfo)
    if start is None or existing is None or existing.time() == start.time():
        return ""
    words = f"Clocks go forward that day and skip {start:%H:%M}, so {existing:%H:%M} is used"
    if values["recurs"] == ONCE:
        return f"{words}."
    return f"{words}, also on later days. Choose another first day to keep {start:%H:%M}."


def _zone(values: dict[str, str]) -> ZoneInfo | None:
    try:
        return ZoneInfo(values.get("timezone", "").strip())
    except (ValueError, OSError, KeyError):  # it raises all three
        return None


def _start(values: dict[str, str]) -> datetime | None:
    try:
        start = datetime.fromisoformat(values.get("starts", "")).replace(tzinfo=_zone(values))
    except ValueError:
        return None
    return start if start.tzinfo is not None and 1971 <= start.year <= 2200 else None


def _seconds(values: dict[str, str]) -> int:
    """Return the duration; 0 if it is not a number."""
    try:
        return round(float(values["length"]) * UNITS[values["unit"]])
    except (ValueError, KeyError, OverflowError):
        return 0
