"""`watchwright debug`: one debug session of a URL, without a store or a server."""

import asyncio
import json
import signal
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.config import Settings
from core.debugging.capture import Capture, capture
from core.debugging.har.export import to_har_text
from core.debugging.waterfall import Exchange, rows
from core.errors import InvalidInput
from core.phrases import counted
from core.schemas.session_options import SessionOptions
from dashboard.commands.check import url_of
from dashboard.commands.terminal import plain
from dashboard.format import milliseconds
from dashboard.given.flags import named


def run(url: str, *, options: SessionOptions, har: Path | None, as_json: bool) -> int:
    """Open *url* in a browser, print its exchanges, write *har* if given; returns 0 when the page loaded, else 1.

    Raises:
        InvalidInput: *url* is no http or https URL, there is no such device, or *har* cannot be written; all of that
            is seen before the browser opens.
        BrowserError: There is no browser, or it cannot be started.
    """
    target = url_of(url)
    if har is not None:
        _make(har)
    settings = Settings.load()
    with named({"device": "device"}):
        captured = asyncio.run(_capture(target, options, settings))
    if har is not None:
        har.write_text(to_har_text(captured.session, captured.events, captured.console), encoding="utf-8")
    exchanges = rows(captured.events)
    if as_json:
        print(_as_json(captured, exchanges))
    else:
        _print_table(captured, exchanges)
    return 0 if captured.session.success else 1


def _make(file: Path) -> None:
    """Let *file* be there; what it holds stays until there is something else to write."""
    try:
        file.open("a").close()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from error


async def _capture(url: str, options: SessionOptions, settings: Settings) -> Capture:
    stop = asyncio.Event()
    with suppress(NotImplementedError):  # Windows: there Ctrl+C ends it without a table
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    return await capture(url, options, settings=settings, stop=stop)


def _as_json(captured: Capture, exchanges: list[Exchange]) -> str:
    session = captured.session
    facts = {
        "url": session.url,
        "state": session.state,
        "success": session.success,
        "error_message": session.error_message,
        "title": session.title,
        "browser": f"{session.browser_type} {session.browser_version}",
        "milestones": session.milestones,
        "exchanges": [asdict(exchange) for exchange in exchanges],
        "console": [{"level": line.level, "text": line.text} for line in captured.console],
    }
    return json.dumps(facts, indent=2, default=str)


def _print_table(captured: Capture, exchanges: list[Exchange]) -> None:
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("Start", "Time", "Status", "Method", "Type", "Size", "URL"):
        table.add_column(heading, justify="right" if heading in ("Start", "Time", "Size") else "left", no_wrap=True)
    for exchange in exchanges:
        table.add_row(*(_cell(text, exchange) for text in _cells(exchange)))
    console.print(table)
    session = captured.session
    outcome = "loaded" if session.success else session.error_message or "did not load"
    console.print(Text(f"{counted(len(exchanges), 'request')}, {session.failed_count or 0} failed: {plain(outcome)}"))


def _cells(exchange: Exchange) -> tuple[str, ...]:
    size = exchange.from_cache or (f"{exchange.encoded_bytes:,}" if exchange.encoded_bytes is not None else "–")
    url = exchange.url + (f"  ({exchange.error_message})" if exchange.error_message else "")
    return (
        milliseconds(exchange.started_ms),
        milliseconds(exchange.duration_ms),
        str(exchange.status_code or exchange.outcome.lower()),
        exchange.method,
        exchange.resource_type or "",
        size,
        url,
    )


def _cell(text: str, exchange: Exchange) -> Text:
    return Text(plain(text), style="red" if exchange.is_failed else "")
