"""A server that shows synthetic exchanges in the waterfall and in comparable elements, for tests and benchmarks.

``python -m benchmarks._waterfall_app --port 0`` prints its address and serves until it is ended. ``/?rows=300`` shows
the waterfall, ``&live=200`` feeds it 200 events a second, ``/empty`` is the same page without content, ``/plotly`` and
``/aggrid`` show the same rows in NiceGUI's own elements.
"""

import argparse
import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go
import uvicorn
from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import background_tasks, ui

from benchmarks.synthetic import exchanges
from core.debugging.waterfall import Exchange, Phases
from core.models import NetworkEventType
from dashboard import theme
from dashboard.components.waterfall import InitialState, Waterfall, WaterfallHandlers, describe
from tests.dashboard.components.waterfall.hostile import hostile_events, hostile_exchanges

TICK = 0.1  # s between two live batches, as on a debug session's page


def _frame(dark: bool) -> None:
    ui.dark_mode(dark)
    ui.add_css(
        "body, .nicegui-content { margin: 0; padding: 0 } .nicegui-content { height: 100vh; width: 100%; gap: 0 }"
    )


async def _details(exchange_id: str) -> dict[str, Any] | None:
    return describe(hostile_events(exchange_id))


async def _with_header(name: str) -> list[str]:
    return [exchange.exchange_id for exchange in exchanges(5)] if name == "etag" else []


async def _search(text: str) -> list[dict[str, Any]]:
    first = exchanges(1)[0].exchange_id
    return [{"exchange_id": first, "where": "response body", "before": "<b>", "match": text, "after": "</b>"}]


def _waterfall(shown: Sequence[Exchange], totals: dict[str, int] | None) -> Waterfall:
    asked = WaterfallHandlers(details=_details, having_response_header=_with_header, search=_search)
    first = InitialState(exchanges=shown, totals=totals)
    return Waterfall(asked, name="synthetic", first=first)


@lru_cache
def _totals(rows: int) -> dict[str, int]:
    """Return the totals that the store has for a completed session."""
    shown = exchanges(rows)
    failed, transferred = sum(each.is_failed for each in shown), sum(each.encoded_bytes or 0 for each in shown)
    return {"requests": rows, "transferred": transferred, "failed": failed}


@ui.page("/")
async def waterfall_page(
    rows: int = 300, live: float = 0, dark: bool = False, hostile: bool = False, row: str = ""
) -> None:
    """Show the waterfall with *rows* rows, or fed with *live* events a second."""
    _frame(dark)
    shown = hostile_exchanges() if hostile else exchanges(rows)
    waterfall = _waterfall(() if live else shown, None if live or hostile else _totals(rows))
    if live:
        waterfall.set_state(is_running=True, elapsed_ms=0, words="Waiting for the first request …")
        await ui.context.client.connected()
        await _feed(waterfall, shown, live)
        return
    background_tasks.create(_show(waterfall, shown, row))
    if shown:
        end = max(exchange.end_ms for exchange in shown)
        waterfall.set_milestones(
            {"dom_content_loaded": end * 0.3, "load": end * 0.7, "first_contentful_paint": end * 0.2}
        )
        waterfall.set_console([(end * 0.4, "error", "<img src=x onerror=alert(1)>"), (end * 0.5, "warning", "slow")])


async def _show(waterfall: Waterfall, shown: Sequence[Exchange], row: str) -> None:
    await waterfall.painted()
    await waterfall.show_many(shown)
    if row:
        waterfall.select(row)
    waterfall.set_state(is_running=False, elapsed_ms=0, words="No requests captured.")


async def _feed(waterfall: Waterfall, shown: list[Exchange], events_per_second: float) -> None:
    """Feed two events per exchange: its start, and its response half a second later."""
    step = max(1, round(events_per_second * TICK / 2))
    delay = round(0.5 / TICK)
    for tick in range(len(shown) // step + delay + 1):
        opened = [_opened(exchange) for exchange in shown[tick * step : (tick + 1) * step]]
        done = tick - delay
        waterfall.show(opened + (shown[done * step : (done + 1) * step] if done >= 0 else []))
        await asyncio.sleep(TICK)
    waterfall.set_state(is_running=False, elapsed_ms=0, words="")


def _opened(exchange: Exchange) -> Exchange:
    return replace(
        exchange,
        outcome=NetworkEventType.REQUEST,
        status_code=None,
        duration_ms=None,
        phases=Phases(),
        error_message=None,
    )


@ui.page("/empty")
def empty_page() -> None:
    """Show the same page without content, as the cost of any page."""
    _frame(dark=False)
    ui.label("ready").classes("painted")


@ui.page("/aggrid")
def aggrid_page(rows: int = 300) -> None:
    """Show the same rows in NiceGUI's table, without bars."""
    _frame(dark=False)
    data = [
        {
            "name": e.url,
            "method": e.method,
            "status": e.status_code,
            "type": e.resource_type,
            "size": e.encoded_bytes,
            "time": e.duration_ms,
        }
        for e in exchanges(rows)
    ]
    columns = [{"field": field} for field in ("name", "method", "status", "type", "size", "time")]
    ui.aggrid({"columnDefs": columns, "rowData": data}).style("width: 100%; height: 100%")


@ui.page("/plotly")
def plotly_page(rows: int = 300) -> None:
    """Show the same bars in NiceGUI's charts, without columns."""
    _frame(dark=False)
    shown = exchanges(rows)
    names = [f"{number} {exchange.url}" for number, exchange in enumerate(shown)]
    figure = go.Figure()
    at = [exchange.started_ms for exchange in shown]
    for phase in ("queued", "stalled", "dns", "connect", "tls", "sent", "waiting", "download"):
        lengths = [getattr(exchange.phases, f"{phase}_ms") or 0 for exchange in shown]
        figure.add_bar(y=names, x=lengths, base=list(at), orientation="h", name=phase)
        at = [start + length for start, length in zip(at, lengths, strict=True)]
    figure.update_layout(barmode="overlay", height=max(400, 24 * rows))
    ui.plotly(figure).style("width: 100%")


def create_app() -> FastAPI:
    """Return the application with all its pages."""
    app = FastAPI()
    nicegui_app.add_static_files("/static", theme.STATIC)
    ui.run_with(app, title="Waterfall", tailwind=False, reconnect_timeout=10)
    return app


def main() -> None:
    """Serve until ended, on the given port or a free one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    listener = socket.create_server(("127.0.0.1", parser.parse_args().port))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(create_app(), log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
