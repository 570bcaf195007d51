"""A cron expression as a recurrence, where it names one time of the day. Pure."""

from dataclasses import dataclass
from datetime import time

DAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
NAMES = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))}
ANY = ("*", "?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """When it comes: at a time of the day, on the days of a rule."""

    at: time
    rule: str
    """An RRULE."""


def read_cron(expression: str) -> Daily | None:
    """*expression* (minute, hour, day of the month, month, day of the week); None where it means more than a rule can.

    Raises:
        ValueError: It is none.
    """
    minute, hour, day, month, weekday = expression.upper().split()
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
        first, _, last = part.partition("-")
        numbers += range(_number(first), _number(last or first) + 1)
    return numbers


def _number(word: str) -> int:
    return NAMES[word] if word in NAMES else int(word)
