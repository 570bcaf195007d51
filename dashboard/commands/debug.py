"""Implements `watchwright debug`: runs one debug session of a URL and diagnoses it, without a store or a server."""

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
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence
from core.diagnosis.unstored import diagnose_capture
from core.errors import InvalidInput
from core.models import NetworkEventType
from core.phrases import counted
from core.schemas.session_options import SessionOptions
from dashboard.commands.check import url_of
from dashboard.commands.terminal import plain
from dashboard.format import milliseconds
from dashboard.parsing.flags import named
from dashboard.words.finding import CONFIDENCE, next_step

STANDARD_OUTPUT = Path("-")
MAX_WIDTH = 10_000  # columns, where the output is no terminal, such as a CI log
WITHOUT_STATUS = {NetworkEventType.REQUEST: "pending", NetworkEventType.RESPONSE: "–"}
"""What the column Status says without a status. The browser reports none for some downloads."""


def run(url: str, *, options: SessionOptions, har: Path | None, as_json: bool) -> int:
    """Open *url* in a browser, print its exchanges and findings, and write *har* if given.

    Return 0 if the page loaded, else 1.

    Raises:
        InvalidInput: *url* is not an http or https URL, the device is unknown, or *har* is not writable. All of this
            is checked before the browser opens.
        BrowserError: No browser was found, or it cannot be started.
    """
    target = url_of(url)
    is_piped = har == STANDARD_OUTPUT
    if is_piped and as_json:
        raise InvalidInput("Standard output can hold the HAR file or the JSON, not both. Write one of them to a file.")
    if har is not None and not is_piped:
        _make(har)
    settings = Settings.load()
    with named({"device": "device"}):
        captured = asyncio.run(_capture(target, options, settings))
    if har is not None:
        text = to_har_text(captured.session, captured.events, captured.console)
        print(text) if is_piped else har.write_text(text, encoding="utf-8")
    exchanges = rows(captured.events)
    found = diagnose_capture(captured, certificate_days=settings.certificate_days)
    if as_json:
        print(_as_json(captured, exchanges, found))
    else:
        console = Console(stderr=is_piped)
        _print_table(captured, exchanges, console)
        print_findings(found, console)
    return 0 if captured.session.success else 1


def _make(file: Path) -> None:
    """Create *file* if it does not exist, to find out early whether it is writable. Keep its content."""
    try:
        file.open("a").close()
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from error


async def _capture(url: str, options: SessionOptions, settings: Settings) -> Capture:
    stop = asyncio.Event()
    with suppress(NotImplementedError):  # Windows: there Ctrl+C ends the session without a table
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    return await capture(url, options, settings=settings, stop=stop)


def _as_json(captured: Capture, exchanges: list[Exchange], found: list[Finding]) -> str:
    session = captured.session
    facts = {
        "url": session.url,
        "state": session.state,
        "success": session.success,
        "error_message": session.error_message,
        "title": session.title,
        "browser": f"{session.browser_type} {session.browser_version}",
        "milestones": session.milestones,
        "findings": [
            {"kind": one.kind, "sentence": one.sentence, "confidence": one.confidence, "why": one.why} for one in found
        ],
        "exchanges": [asdict(exchange) for exchange in exchanges],
        "console": [{"level": line.level, "text": line.text} for line in captured.console],
    }
    return json.dumps(facts, indent=2, default=str)


def _print_table(captured: Capture, exchanges: list[Exchange], console: Console) -> None:
    print_exchanges(exchanges, console)
    session = captured.session
    outcome = "loaded" if session.success else session.error_message or "did not load"
    words = Text(f"{counted(len(exchanges), 'request')}, {session.failed_count or 0} failed: {plain(outcome)}")
    console.print(words, soft_wrap=not console.is_terminal)


def print_findings(found: list[Finding], console: Console) -> None:
    """Print *found*, the cause first, each with what to do next."""
    for finding in found:
        words = f"{CONFIDENCE[finding.confidence]}: {plain(finding.sentence)}"
        if finding.confidence is not Confidence.NOTE and (step := next_step(finding.kind)) is not None:
            words += f"\n  Next: {step}"
        console.print(Text(words), soft_wrap=not console.is_terminal)


def print_exchanges(exchanges: list[Exchange], console: Console) -> None:
    """Print a table of *exchanges*. A narrow terminal truncates only the URLs; a file or log gets full lines."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("Start", "Time", "Status", "Method", "Type", "Size"):
        table.add_column(heading, justify="right" if heading in ("Start", "Time", "Size") else "left", no_wrap=True)
    table.add_column("URL", overflow="ellipsis")
    for exchange in exchanges:
        table.add_row(*(_cell(text, exchange) for text in _cells(exchange)))
    if console.is_terminal:
        console.print(table)
        return
    console.width = MAX_WIDTH
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().rstrip("\n").split("\n"):
        console.out(line.rstrip(), highlight=False)  # rich pads every row to the widest one


def _cells(exchange: Exchange) -> tuple[str, ...]:
    size = exchange.from_cache or (f"{exchange.encoded_bytes:,}" if exchange.encoded_bytes is not None else "–")
    url = exchange.url + (f"  ({exchange.error_message})" if exchange.error_message else "")
    return (
        milliseconds(exchange.started_ms),
        milliseconds(exchange.duration_ms),
        str(exchange.status_code or WITHOUT_STATUS.get(exchange.outcome, exchange.outcome.lower())),
        exchange.method,
        exchange.resource_type or "",
        size,
        url,
    )


def _cell(text: str, exchange: Exchange) -> Text:
    return Text(plain(text), style="red" if exchange.is_failed else "")
