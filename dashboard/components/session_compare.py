"""Two sessions of a website compared: the sum in words, then each request that differs, with two bars on one axis."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from nicegui import ui
from nicegui.events import GenericEventArguments

from core.debugging.compare import Comparison, Difference, Pair, in_words
from core.debugging.waterfall import Exchange
from dashboard.components.elements import text
from dashboard.components.session_table import bytes_words
from dashboard.format import milliseconds

STYLE = Path(__file__).with_suffix(".css")

SHOWN = 200  # rows; who has more differences compares two different pages


def session_compare(
    comparison: Comparison | None,
    *,
    others: Mapping[int, str],
    chosen: int | None,
    choose: Callable[[int], Awaitable[None]],
) -> None:
    """Draw the comparison, or what is missing for one; the page has added `STYLE`.

    Args:
        comparison: None while there is nothing to compare with.
        others: Name of each session to compare with, by its id.
        chosen: The one that *comparison* is with.
        choose: Called with the id of another one.
    """
    with ui.element("section").classes("ww-view ww-compare").props('aria-label="Compare" tabindex=0'):
        if comparison is None:
            text("p", "There is no other session of this website to compare with.", "ww-secondary")
            return
        _chooser(others, chosen, choose)
        with ui.element("ul").classes("ww-compare-words"):
            for sentence in in_words(comparison):
                text("li", sentence)
        with ui.element("div").classes("ww-compare-key"):
            text("span", "the other session", "ww-before")
            text("span", "this session", "ww-after")
        _table([pair for pair in comparison.pairs if pair.difference is not Difference.SAME])


def _chooser(others: Mapping[int, str], chosen: int | None, choose: Callable[[int], Awaitable[None]]) -> None:
    async def change(event: GenericEventArguments) -> None:
        if str(event.args).isdigit() and int(event.args) in others:
            await choose(int(event.args))

    with ui.element("div").classes("ww-compare-head"):
        text("span", "Compared with", "ww-secondary")
        select = ui.element("select").props('aria-label="Compared with"')
        with select.on("change", change, js_handler="(e) => emit(e.target.value)"):
            for session_id, name in others.items():
                text("option", name).props(f"value={session_id}" + (" selected" if session_id == chosen else ""))


def _table(pairs: list[Pair]) -> None:
    if not pairs:
        return
    end = max(_end(exchange) for pair in pairs[:SHOWN] for exchange in (pair.before, pair.after) if exchange)
    with ui.element("table").classes("ww-compare-table"):
        with ui.element("thead"), ui.element("tr"):
            for title, kind in (
                ("Request", ""),
                ("Difference", ""),
                ("Status", ""),
                ("Time", ""),
                ("Size", "wide"),
                ("Bars", "bars"),
            ):
                text("th", title, kind).props("scope=col")
        with ui.element("tbody"):
            for pair in pairs[:SHOWN]:
                _row(pair, end)
    if len(pairs) > SHOWN:
        text("p", f"{len(pairs) - SHOWN:,} more differ.", "ww-secondary")


def _row(pair: Pair, end: float) -> None:
    url = urlsplit(pair.either.url)
    with ui.element("tr"):
        with ui.element("td").classes("name") as cell:
            cell.props["title"] = pair.either.url
            text("span", url.path.rsplit("/", 1)[-1] or url.netloc)
            text("small", f"{pair.either.method} {url.netloc}")
        with ui.element("td"):
            text("span", pair.difference, "ww-tag").props["data-kind"] = str(pair.difference)
        _figures(pair, _status)
        _figures(pair, lambda exchange: milliseconds(exchange.duration_ms))
        _figures(pair, lambda exchange: bytes_words(exchange.encoded_bytes) or "–", "wide")
        with ui.element("td").classes("bars"), ui.element("div").classes("ww-pair"):
            _bar(pair.before, end, "ww-before")
            _bar(pair.after, end, "ww-after")


def _figures(pair: Pair, read: Callable[[Exchange], str], kind: str = "") -> None:
    both = [read(exchange) for exchange in (pair.before, pair.after) if exchange]
    text("td", " → ".join(dict.fromkeys(both)), f"figure {kind}")


def _status(exchange: Exchange) -> str:
    return str(exchange.status_code or ("failed" if exchange.is_failed else "–"))


def _bar(exchange: Exchange | None, end: float, kind: str) -> None:
    bar = ui.element("i").classes(kind)
    if exchange is None:
        bar.style("display: none")
        return
    left, width = 100 * exchange.started_ms / end, 100 * (exchange.duration_ms or 0) / end
    bar.style(f"left: {left:.2f}%; width: {width:.2f}%")


def _end(exchange: Exchange) -> float:
    return max(exchange.started_ms + (exchange.duration_ms or 0), 1.0)
