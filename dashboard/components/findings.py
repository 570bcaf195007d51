"""Lists of findings, the cause first, each with its confidence, explanation and evidence."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from core.models import Finding
from core.phrases import spelled
from dashboard.components.elements import text
from dashboard.words.finding import CONFIDENCE, next_step

WORDS = {"check": "check", "look": "closer look", "exchange": "request", "console": "console message"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The waterfall on the same page, which a finding can open at a row."""

    session_id: int
    select: Callable[[str], Awaitable[None] | None]
    """Opens an exchange in the waterfall."""
    anchor: str = "waterfall"
    """The HTML id of the waterfall's container."""


def findings(found: Sequence[Finding], *, empty: str, jump: Jump | None = None) -> None:
    """Draw a row for each finding; *empty* is shown if there is none."""
    if not found:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("ol").classes("ww-findings"):
        for finding in found:
            _finding(finding, jump)


def findings_strip(found: Sequence[Finding], *, jump: Jump) -> None:
    """Draw the first finding on one line, which unfolds to all; nothing if there is none."""
    if not found:
        return
    first, further = found[0], len(found) - 1
    with ui.element("details").classes(f"ww-strip ww-is-{first.confidence}"):
        with ui.element("summary"):
            text("span", CONFIDENCE.get(first.confidence, first.confidence), "ww-confidence")
            text("b", first.sentence)
            text("span", f"and {further} more" if further else "", "ww-muted ww-nowrap")
        findings(found, empty="", jump=jump)


def _finding(finding: Finding, jump: Jump | None) -> None:
    with ui.element("li").classes(f"ww-is-{finding.confidence}"):
        text("span", CONFIDENCE.get(finding.confidence, finding.confidence), "ww-confidence")
        with ui.element("div").classes("ww-what"):
            text("b", finding.sentence)
            if finding.confidence != "note" and (step := next_step(finding.kind)) is not None:
                text("p", f"Next: {step}", "ww-secondary")
            with ui.element("details"):
                text("summary", "Evidence")
                text("p", finding.why, "ww-secondary ww-breaks")
                with ui.element("p").classes("ww-evidence-links"):
                    for row in finding.rests_on:
                        _row(row, jump)


def _row(row: dict[str, Any], jump: Jump | None) -> None:
    session_id, of = row.get("session_id"), row["of"]
    if of == "session":
        ui.link(f"Debug session {row['id']}", f"/debug-sessions/{row['id']}")
    elif of == "exchange" and jump and session_id == jump.session_id:
        link = ui.link("The request", f"#{jump.anchor}")
        link.on("click", partial(jump.select, str(row["id"])))
    elif of == "exchange" and session_id:
        ui.link("The request in its session", f"/debug-sessions/{session_id}?{urlencode({'row': row['id']})}")
    elif of == "console" and session_id:
        ui.link("The console of its session", f"/debug-sessions/{session_id}?view=console")
    else:
        step = f", {spelled(str(row['step']))}" if row.get("step") else ""
        text("span", f"{WORDS.get(of, of).capitalize()} {row['id']}{step}", "ww-muted")
