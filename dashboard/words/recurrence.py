"""How maintenance recurs, in words: what the form offers, and what a stored rule says. Pure."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS = ("first", "second", "third", "fourth", "last")
ONCE, OWN = "once", "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One way to recur."""

    key: str
    words: str
    rule: str | None
    """An RRULE; None for once."""


def presets(start: datetime) -> list[Preset]:
    """What is offered for maintenance that first starts at *start*, by the clocks of its zone; own rules apart."""
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
    """A stored rule in words; the rule itself where it is none that is offered."""
    preset = matching(rule, start)
    return preset.words if preset else f"By the rule {rule}"


def matching(rule: str | None, start: datetime) -> Preset | None:
    """The preset that a stored rule came from, or says the same as."""
    wanted = _parts(rule, start)
    return next((preset for preset in presets(start) if _parts(preset.rule, start) == wanted), None)


def _parts(rule: str | None, start: datetime) -> frozenset[str]:
    """What a rule is made of, with the day that it leaves to its start (RFC 5545, 3.3.10)."""
    parts = {part for part in (rule or "").upper().replace("RRULE:", "").split(";") if part} - {"INTERVAL=1"}
    if not any(part.startswith("BY") for part in parts):
        parts |= {"BYDAY=" + DAYS[start.weekday()]} if "FREQ=WEEKLY" in parts else set()
        parts |= {f"BYMONTHDAY={start.day}"} if "FREQ=MONTHLY" in parts else set()
    return frozenset(parts)


def span_words(start: datetime, end: datetime, zone: tzinfo) -> str:
    """``Sun 29 Nov 2026, 11:00 to 12:00 CET``; what a day, or a change of the clocks, sets apart is said of both."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    is_same_day, is_same_time = first.date() == last.date(), first.tzname() == last.tzname()
    begins = f"{_day(first)} {first:%Y, %H:%M}{'' if is_same_time else f' {first:%Z}'}"
    return f"{begins} to {'' if is_same_day else f'{_day(last)}, '}{last:%H:%M %Z}"


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b}"
