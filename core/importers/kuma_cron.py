"""Converts cron expressions with one time of day to recurrences. Pure."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import time

DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
NAMES = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
ANY = ("*", "?")
LAST_DAY = 31  # days of a month


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """A time of day, on the days of a rule."""

    at: time
    rule: str
    """An RRULE."""


def read_cron(expression: str) -> Daily | None:
    """Convert *expression* (minute, hour, day of month, month, day of week); None if it is invalid or a rule cannot
    express it.
    """
    with suppress(ValueError):
        return _read(expression.upper().replace("-SUN", "-7"))  # Sunday is both the first and the last day of a week
    return None


def _read(expression: str) -> Daily | None:
    minute, hour, day, month, weekday = expression.split()
    if not (minute.isdecimal() and hour.isdecimal()) or month not in ANY or (day not in ANY and weekday not in ANY):
        return None
    at = time(int(hour), int(minute))
    if weekday not in ANY:
        days = [DAYS[number % 7] for number in _numbers(weekday)]
        return Daily(at=at, rule=f"FREQ=WEEKLY;BYDAY={','.join(dict.fromkeys(days))}")
    if day not in ANY:
        return Daily(at=at, rule=f"FREQ=MONTHLY;BYMONTHDAY={','.join(map(str, _numbers(day)))}")
    return Daily(at=at, rule="FREQ=DAILY")


def _numbers(field: str) -> list[int]:
    numbers: list[int] = []
    for part in field.split(","):
        start, _, end = part.partition("-")
        first, last = _number(start), _number(end or start)
        if not first <= last <= LAST_DAY:
            raise ValueError(f"{part} names no days")
        numbers += range(first, last + 1)
    return numbers


def _number(word: str) -> int:
    return NAMES[word] if word in NAMES else int(word)
