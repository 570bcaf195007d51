"""The list of a website's regions: status, since when, response time, and a line chart of one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nicegui import ui

from dashboard.components.elements import badge, moment, text

WIDTH, HEIGHT = 240, 36  # of the line's SVG, in its own units


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One region."""

    region: str
    status: str
    """UP, DEGRADED, DOWN, or UNKNOWN while it is silent."""
    word: str
    since: datetime | None
    response: str
    reason: str
    line: Sequence[float | None]
    """Response times over a day, in ms; None where nothing was measured."""


def region_list(rows: Sequence[Row], *, verdict: str) -> None:
    """Draw the joint verdict and a row per region. All lines have the same scale, so that they are comparable."""
    if verdict:
        text("p", verdict, "rl-verdict ww-breaks")
    top = max((value for row in rows for value in row.line if value is not None), default=0.0)
    with ui.element("div").classes("rl").props("role=list"):
        for row in rows:
            _row(row, top)


def _row(row: Row, top: float) -> None:
    with ui.element("div").classes("rl-row").props("role=listitem"):
        text("b", row.region, "rl-name")
        with ui.element("div").classes("rl-status"):
            badge(row.status, row.word)
        with ui.element("div").classes("rl-since ww-secondary"):
            if row.since is not None:
                text("span", "since ")
                moment(row.since, is_long=True)
        text("span", row.response, "rl-response ww-number")
        ui.html(line_svg(row.line, top), sanitize=False).classes("rl-line")
        text("div", row.reason, "rl-reason ww-muted ww-breaks")


def line_svg(line: Sequence[float | None], top: float) -> str:
    """Return a line chart, at most *top* high, with gaps where nothing was measured. Decorative. Pure."""
    step = WIDTH / max(len(line) - 1, 1)
    pieces: list[list[str]] = [[]]
    for number, value in enumerate(line):
        if value is None:
            pieces.append([])
        else:
            height = HEIGHT - 2 - (HEIGHT - 4) * (value / top if top else 0)
            pieces[-1].append(f"{number * step:.1f},{height:.1f}")
    drawn = "".join(_piece(points) for points in pieces if points)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="M0 {HEIGHT - 0.5}H{WIDTH}" class="rl-base"/>{drawn}</svg>'
    )


def _piece(points: Sequence[str]) -> str:
    first_x, first_y = points[0].split(",")
    rest = points[1:] or [f"{float(first_x) + 1:.1f},{first_y}"]  # draw a single point as a dot
    return f'<polyline points="{" ".join([points[0], *rest])}"/>'
