"""Describes how maintenance recurs: the form's presets, and stored rules in words. Pure."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo

from core.phrases import counted, listed

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS = dict(zip(DAYS, DAY_NAMES, strict=True))
ORDINALS = ("first", "second", "third", "fourth", "last")
ONCE, OWN = "once", "own"
NO_END = "9999"  # the year of an UNTIL that means "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One preset of the form."""

    key: str
    words: str
    rule: str | None
    """An RRULE; None for a single occurrence."""


def presets(start: datetime) -> list[Preset]:
    """Return the presets for maintenance that first starts at *start*, in its own time zone."""
    day, name = DAYS[start.weekday()], DAY_NAMES[start.weekday()]
    week = (start.day - 1) // 7
    place = -1 if week == len(ORDINALS) - 1 else week + 1
    return [
        Preset(key=ONCE, words="Once", rule=None),
        Preset(key="daily", words="Every day", rule="FREQ=DAILY"),
        Preset(key="weekdays", words="Monday to Friday", rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        Preset(key="weekly", words=f"Every {name}", rule=f"FREQ=WEEKLY;BYDAY={day}"),
        Preset(key="fortnightly", words=f"Every second {name}", rule=f"FREQ=WEEKLY;INTERVAL=2;BYDAY={day}"),
        Preset(
            key="monthly",
            words=f"Every month on the {ORDINALS[week]} {name}",
            rule=f"FREQ=MONTHLY;BYDAY={place}{day}",
        ),
        Preset(key="monthday", words=f"Every month on day {start.day}", rule=f"FREQ=MONTHLY;BYMONTHDAY={start.day}"),
    ]


def describe(rule: str | None, start: datetime) -> str:
    """Return a stored rule in words; for rare kinds of rules, the rule itself."""
    preset = matching(rule, start)
    if preset:
        return preset.words
    words = None
    with suppress(
        ValueError, OverflowError
    ):  # a number or a time that is written as only the library of recurrences reads it
        words = _in_words(rule or "", start)
    return words or f"By the rule {rule}"


def matching(rule: str | None, start: datetime) -> Preset | None:
    """Return the preset that equals a stored rule; None if there is none."""
    wanted = _parts(rule, start)
    return next((preset for preset in presets(start) if _parts(preset.rule, start) == wanted), None)


def _in_words(rule: str, start: datetime) -> str | None:
    """Describe a rule that is not a preset, such as an imported one; None for kinds that this does not cover."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";") if part)
    every, days, month_days = int(parts.pop("INTERVAL", "1")), parts.pop("BYDAY", ""), parts.pop("BYMONTHDAY", "")
    end = _end(parts.pop("UNTIL", ""), parts.pop("COUNT", ""), start.tzinfo)
    match parts:
        case {"FREQ": "DAILY", **rest} if not (rest or days or month_days):
            words = _every("day", every)
        case {"FREQ": "WEEKLY", **rest} if days and not (rest or month_days):
            named = [_DAYS.get(day) for day in days.split(",")]
            if None in named:
                return None
            weeks = "" if every == 1 else f"{_every('week', every)} on "
            words = f"{weeks or 'Every '}{listed([name for name in named if name])}"
        case {"FREQ": "MONTHLY", **rest} if month_days and not (rest or days):
            numbers = [int(day) for day in month_days.split(",")]
            if any(number < -1 for number in numbers):
                return None
            names = ["the last day" if number == -1 else f"day {number}" for number in numbers]
            words = f"{_every('month', every)} on {listed(names)}"
        case _:
            return None
    return words + end


def _every(unit: str, count: int) -> str:
    return f"Every {unit}" if count == 1 else f"Every second {unit}" if count == 2 else f"Every {count} {unit}s"


def _end(until: str, count: str, zone: tzinfo | None) -> str:
    if until and not until.startswith(NO_END):
        last = datetime.fromisoformat(until)
        last = last.astimezone(zone) if last.tzinfo else last
        return f", until {last.day} {last:%b %Y}"
    return f", {counted(int(count), 'time')} in all" if count else ""


def _parts(rule: str | None, start: datetime) -> frozenset[str]:
    """Return the parts of a rule, including the day that it takes from its start (RFC 5545, 3.3.10)."""
    parts = {part for part in (rule or "").upper().replace("RRULE:", "").split(";") if part} - {"INTERVAL=1"}
    if not any(part.startswith("BY") for part in parts):
        parts |= {"BYDAY=" + DAYS[start.weekday()]} if "FREQ=WEEKLY" in parts else set()
        parts |= {f"BYMONTHDAY={start.day}"} if "FREQ=MONTHLY" in parts else set()
    return frozenset(parts)


def span_words(start: datetime, end: datetime, zone: tzinfo) -> str:
    """Return ``Sun 29 Nov 2026, 11:00 to 12:00 CET``. Day and zone are given twice if they differ."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    is_same_day, is_same_time = first.date() == last.date(), first.tzname() == last.tzname()
    begins = f"{_day(first)} {first:%Y, %H:%M}{'' if is_same_time else f' {first:%Z}'}"
    return f"{begins} to {'' if is_same_day else f'{_day(last)}, '}{last:%H:%M %Z}"


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b}"
