"""The calendar of daily uptime: a year as one SVG, a column per week, and a description in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.phrases import counted
from dashboard.format import duration, percentage

CELL = 12
STEP = 15
LEFT, TOP = 32, 20
MONTH_COLUMNS = 3  # that a month's name needs; a name without that space is left out
LEVELS = ((1.0, "ok"), (0.999, "good"), (0.99, "fair"), (0.95, "poor"), (0.0, "bad"))
"""The smallest share of each level."""
LEGEND = (("ok", "100%"), ("good", "from 99.9"), ("fair", "from 99"), ("poor", "from 95"), ("bad", "below"))
WEEKDAYS = ((0, "Mon"), (2, "Wed"), (4, "Fri"))
NAMED = 12  # bad days that the text alternative lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the calendar."""

    day: date
    share: float | None
    """None if nothing is known."""
    down_seconds: float


def calendar_svg(days: Sequence[Day]) -> str:
    """Return consecutive *days* as an SVG document. It contains no foreign text."""
    if not days:
        return ""
    monday = days[0].day - timedelta(days=days[0].day.weekday())
    columns = (days[-1].day - monday).days // 7 + 1
    width, height = LEFT + columns * STEP, TOP + 7 * STEP
    cells = "".join(_cell(day, monday) for day in days)
    weekdays = "".join(f'<text x="0" y="{TOP + row * STEP + 10}">{name}</text>' for row, name in WEEKDAYS)
    months = "".join(
        f'<text x="{LEFT + column * STEP}" y="11">{name}</text>'
        for column, name in month_labels(days[0].day, days[-1].day)
    )
    return (
        f'<svg class="uc" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{in_words(days)}">{weekdays}{months}{cells}</svg>'
    )


def month_labels(first: date, last: date) -> list[tuple[int, str]]:
    """Return the column and name of each month whose name fits before the next one."""
    monday = first - timedelta(days=first.weekday())
    columns = (last - monday).days // 7 + 1
    starts = [(0, first)]
    day = first.replace(day=1)
    while True:
        day = (day + timedelta(days=32)).replace(day=1)
        if day > last:
            break
        starts.append((-(-(day - monday).days // 7), day))
    ends = [column for column, _day in starts[1:]] + [columns]
    return [
        (column, day.strftime("%b"))
        for (column, day), end in zip(starts, ends, strict=True)
        if end - column >= MONTH_COLUMNS and column + MONTH_COLUMNS <= columns + 1
    ]


def level(share: float | None) -> str:
    """Return the CSS class of a day's colour."""
    return "none" if share is None else next(name for least, name in LEVELS if share >= least)


def in_words(days: Sequence[Day]) -> str:
    """Describe the calendar for screen readers: the days without downtime, and the worst days."""
    known = [day for day in days if day.share is not None]
    if not known:
        return "Daily uptime: no data yet"
    bad = sorted((day for day in known if day.down_seconds >= 1), key=lambda day: -day.down_seconds)
    words = f"Daily uptime of {counted(len(known), 'day')}: {len(known) - len(bad)} without downtime"
    named = "; ".join(f"{_date(day.day)} {duration(day.down_seconds)} down" for day in bad[:NAMED])
    rest = f"; and {len(bad) - NAMED} more" if len(bad) > NAMED else ""
    return f"{words}. {named}{rest}" if bad else words


def _cell(day: Day, monday: date) -> str:
    column, row = divmod((day.day - monday).days, 7)
    x, y = LEFT + column * STEP, TOP + row * STEP
    title = f"{_date(day.day)}: {_day_words(day)}"
    kind = level(day.share)
    mark = ""
    if kind in ("poor", "bad"):  # a mark, so that bad days do not rest on colour alone
        mark = f'<path class="uc-mark" d="M{x + 6} {y + 3}l3 3l-3 3l-3-3z"/>'
    rect = f'<rect class="uc-{kind}" x="{x}" y="{y}" width="{CELL}" height="{CELL}" rx="2.5"/>'
    return f"<g><title>{title}</title>{rect}{mark}</g>"


def _day_words(day: Day) -> str:
    if day.share is None:
        return "no data"
    down = f", {duration(day.down_seconds)} down" if day.down_seconds >= 1 else ""
    return f"{percentage(day.share)}%{down}"


def _date(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
