"""What the evidence shows, the cause first: each with how sure that is, why, and the rows it rests on."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from core.models import Finding
from dashboard.components.elements import text

CONFIDENCE = {"high": "Certain", "likely": "Likely", "note": "Worth knowing"}
WORDS = {"check": "check", "look": "closer look", "exchange": "request", "console": "console message"}


def findings(found: Sequence[Finding], *, empty: str) -> None:
    """A row for each of *found*; *empty* stands where there is none."""
    if not found:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("ol").classes("ww-findings"):
        for one in found:
            with ui.element("li").classes(f"ww-is-{one.confidence}"):
                text("span", CONFIDENCE.get(one.confidence, one.confidence), "ww-confidence")
                with ui.element("div").classes("ww-what"):
                    text("b", one.sentence)
                    with ui.element("details"):
                        text("summary", "Why we think so")
                        text("p", one.why, "ww-secondary ww-breaks")
                        _rows(one.rests_on)


def _rows(rests_on: Sequence[dict[str, Any]]) -> None:
    with ui.element("p").classes("ww-rests"):
        for row in rests_on:
            if row["of"] == "session":
                ui.link(f"Debug session {row['id']}", f"/debug-sessions/{row['id']}")
            elif row["of"] == "exchange" and row.get("session_id"):
                query = urlencode({"row": row["id"]})
                ui.link("The request in its session", f"/debug-sessions/{row['session_id']}?{query}")
            elif row["of"] == "console" and row.get("session_id"):
                ui.link("The console of its session", f"/debug-sessions/{row['session_id']}?view=console")
            else:
                step = f", {str(row['step']).replace('_', ' ')}" if row.get("step") else ""
                text("span", f"{WORDS.get(row['of'], row['of']).capitalize()} {row['id']}{step}", "ww-muted")
