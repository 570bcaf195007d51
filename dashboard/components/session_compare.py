"""The comparison of two debug sessions: a summary in words, and the requests that differ with their bars."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nicegui import ui
from nicegui.events import GenericEventArguments

from core.accounts.actor import Permission
from core.debugging.compare import Comparison, Difference, Pair
from core.debugging.compare_words import broke_off, name_and_host
from core.debugging.waterfall import Exchange
from core.phrases import sized
from dashboard.components.busy_controls import on_press
from dashboard.components.elements import text
from dashboard.components.select import Select
from dashboard.components.url_prefix import prefixed
from dashboard.current_actor import may
from dashboard.format import milliseconds

STYLE = Path(__file__).with_suffix(".css")

MAX_SHOWN = 200  # rows; sessions with more differences loaded different pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Session *session_id* compared with *other_id*."""

    session_id: int
    other_id: int
    comparison: Comparison
    words: Sequence[str]


def session_compare(
    compared: Compared | None, *, others: Mapping[int, str], choose: Callable[[int], Awaitable[None]]
) -> None:
    """Draw the comparison, or that there is none. The page must have added `STYLE`.

    Args:
        compared: None if there is no other session.
        others: Names of the sessions to compare with, by id.
        choose: Called with the id of the chosen one.
    """
    with ui.element("section").classes("ww-view ww-compare").props('aria-label="Compare" tabindex=0'):
        if compared is None:
            more = " Start one with “Run again”." if may(Permission.DEBUG) else ""
            text("p", f"This website has no other session to compare with.{more}", "ww-secondary")
            return
        _chooser(others, compared.other_id, choose)
        with ui.element("ul").classes("ww-compare-words"):
            for sentence in compared.words:
                text("li", sentence)
        _Rows(compared).draw()


def _chooser(others: Mapping[int, str], chosen: int, choose: Callable[[int], Awaitable[None]]) -> None:
    async def change(event: GenericEventArguments) -> None:
        if str(event.args).isdigit() and int(event.args) in others:
            await choose(int(event.args))

    with ui.element("div").classes("ww-compare-head"):
        text("span", "Compared with", "ww-secondary")
        select = Select(((str(session_id), name) for session_id, name in others.items()), str(chosen))
        select.on("change", change, js_handler="(e) => emit(e.target.value)").props('aria-label="Compared with"')


class _Rows:
    """The requests that differ, optionally of one kind."""

    def __init__(self, compared: Compared) -> None:
        self._compared = compared
        self._kind: Difference | None = None

    @ui.refreshable_method
    def draw(self) -> None:
        pairs = [pair for pair in self._compared.comparison.pairs if pair.difference is not Difference.SAME]
        if not pairs:
            return
        with ui.element("div").classes("ww-compare-key"):
            self._chips(pairs)
            text("span", "the other session", "ww-before")
            text("span", "this session", "ww-after")
        end = max(_end(exchange) for pair in pairs for exchange in (pair.before, pair.after) if exchange)
        self._table([pair for pair in pairs if self._kind in (None, pair.difference)], end)

    def _chips(self, pairs: Sequence[Pair]) -> None:
        counts = {kind: sum(pair.difference is kind for pair in pairs) for kind in Difference}
        with ui.element("div").classes("ww-compare-chips").props('role=group aria-label="Differences"'):
            self._chip(None, f"All {len(pairs):,}")
            for kind, count in counts.items():
                if count:
                    self._chip(kind, f"{str(kind).capitalize()} {count:,}")

    def _chip(self, kind: Difference | None, words: str) -> None:
        def choose() -> None:
            self._kind = kind
            self.draw.refresh()

        chip = text("button", words, "ww-chip").props("type=button")
        chip.props["aria-pressed"] = "true" if kind is self._kind else "false"
        on_press(chip, choose)

    def _table(self, pairs: Sequence[Pair], end: float) -> None:
        with ui.element("table").classes("ww-compare-table"):
            with ui.element("thead"), ui.element("tr"):
                for title, kind in (
                    ("Request", ""),
                    ("Difference", ""),
                    ("Status", "wide"),
                    ("Time", ""),
                    ("Size", "wide"),
                ):
                    text("th", title, kind).props("scope=col")
                _axis(end)
            with ui.element("tbody"):
                for pair in pairs[:MAX_SHOWN]:
                    self._row(pair, end)
        if len(pairs) > MAX_SHOWN:
            text("p", f"{len(pairs) - MAX_SHOWN:,} more differ.", "ww-secondary")

    def _row(self, pair: Pair, end: float) -> None:
        with ui.element("tr"):
            self._name(pair)
            with ui.element("td"):
                text("span", pair.difference, "ww-tag").props["data-kind"] = str(pair.difference)
                if pair.difference is Difference.STATUS:
                    text("span", _both(pair, _status), "ww-narrow-only")
            text("td", _both(pair, _status), "figure wide")
            text("td", _both(pair, lambda exchange: milliseconds(exchange.duration_ms)), "figure")
            text("td", _both(pair, lambda exchange: sized(exchange.encoded_bytes) or "–"), "figure wide")
            with ui.element("td").classes("bars"), ui.element("div").classes("ww-pair"):
                _bar(pair.before, end, "ww-before")
                _bar(pair.after, end, "ww-after")

    def _name(self, pair: Pair) -> None:
        name, host = name_and_host(pair.either.url)
        session_id = self._compared.session_id if pair.after else self._compared.other_id
        with ui.element("td").classes("name") as cell:
            cell.props["title"] = pair.either.url
            link = text("a", name or host)
            row = quote(pair.either.exchange_id, safe="")
            link.props["href"] = prefixed(f"/debug-sessions/{session_id}?row={row}")
            text("small", f"{pair.either.method} {host}")


def _axis(end: float) -> None:
    with ui.element("th").classes("bars").props('scope=col aria-label="Bars"'):
        axis = ui.element("div").classes("ww-compare-axis").props("aria-hidden=true")
    with axis:
        for share in (0.0, 0.5, 1.0):
            text("span", milliseconds(end * share) if share else "0")


def _both(pair: Pair, read: Callable[[Exchange], str]) -> str:
    return " → ".join(dict.fromkeys(read(exchange) for exchange in (pair.before, pair.after) if exchange))


def _status(exchange: Exchange) -> str:
    if exchange.status_code is None:
        return "failed" if exchange.is_failed else "–"
    return f"{exchange.status_code}, failed" if broke_off(exchange) else str(exchange.status_code)


def _bar(exchange: Exchange | None, end: float, kind: str) -> None:
    if exchange is None:
        return
    left, width = 100 * exchange.started_ms / end, 100 * (exchange.duration_ms or 0) / end
    ui.element("i").classes(kind).style(f"left: {left:.2f}%; width: {width:.2f}%")


def _end(exchange: Exchange) -> float:
    return max(exchange.end_ms, 1.0)
