"""The table of debug sessions, and the introduction if there is none."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from core.models import DebugSession, SessionTrigger
from core.phrases import sized
from core.schemas.url import display_url
from dashboard.components.address_form import address_form
from dashboard.components.elements import button, moment, only_for, text
from dashboard.components.small_dialogs import confirm
from dashboard.current_actor import may
from dashboard.format import milliseconds
from dashboard.words.debug_session import TRIGGER_WORDS, StateWords, elapsed_words, state_words

STYLE = Path(__file__).with_suffix(".css")

ICON = """<svg width="48" height="44" viewBox="0 0 48 44" fill="none" stroke="currentColor" stroke-width="2"
stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="2" y="2" width="44" height="32" rx="4"/>
<path d="M9 19h8l4-9 6 18 4-9h8M17 41h14"/></svg>"""


INTRODUCTION = (
    "A debug session opens the website in a real browser and records every request, cookie and timing as it happens."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the form to start a session needs."""

    urls: Sequence[str]
    """URLs to propose: those of the websites."""
    unavailable: str | None
    """Why no session can run, as a sentence; None if one can."""
    start: Callable[[str], Awaitable[None]]
    """Called with the typed text; may raise `WatchwrightError`."""


Pin = Callable[[int, bool], Awaitable[None]]
Delete = Callable[[int], Awaitable[None]]


def nothing_yet(start: Start) -> Element:
    """Draw the introduction before the first session. More can be drawn inside."""
    with ui.element("div").classes("ww-nothing-yet") as section:
        ui.html(ICON, sanitize=False)
        text("h1", "No debug sessions yet")
        text("p", INTRODUCTION if may(Permission.DEBUG) else f"{INTRODUCTION} Editors can start one.")
        starter(start)
    return section


def starter(start: Start) -> None:
    """Draw the form to start a session, or why none can run; nothing without the debug permission."""
    if not may(Permission.DEBUG):
        return
    address_form(
        start.start,
        label="Address to open",
        action="Start debug session",
        kind="ww-start",
        proposed=[display_url(url) for url in start.urls],
        unavailable=start.unavailable,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table."""

    session: DebugSession
    website: str
    """The website's name."""
    starter: str | None
    """Who started the session; None if it started automatically or that is no longer known."""
    fault: str | None
    """The fault that the session found, as a sentence; None if it found none."""

    @property
    def state(self) -> StateWords:
        return state_words(self.session, self.fault)

    @property
    def why(self) -> str:
        """Who started the session, or why it started."""
        trigger = self.session.trigger or SessionTrigger.MANUAL
        return (
            f"started by {self.starter}"
            if self.starter and trigger == SessionTrigger.MANUAL
            else TRIGGER_WORDS[trigger]
        )

    def shown_words(self, now: datetime) -> tuple[object, ...]:
        """Return everything the line shows, to find out whether it changed."""
        of, load, took = self.session, _load_words(self.session), elapsed_words(self.session, now)
        words = self.website, self.state, self.fault, self.why, of.started_at, of.url, load, took
        return (*words, of.request_count, of.failed_count, of.encoded_bytes, of.is_pinned)


class SessionTable:
    """The table. Unchanged lines are not redrawn, so that readers keep selection and focus."""

    def __init__(self, *, delete: Delete, pin: Pin) -> None:
        self._delete, self._pin = delete, pin
        self._rows: dict[int, _Row] = {}
        with ui.element("div").classes("ww-table-card"), ui.element("table").classes("ww-table"):
            with ui.element("thead"), ui.element("tr"):
                for title, kind in COLUMNS:
                    text("th", title, kind).props("scope=col")
                with ui.element("th"):
                    text("span", "Actions", "ww-hidden")
            self._body = ui.element("tbody")

    def show(self, lines: Sequence[Line], now: datetime) -> None:
        """Show *lines* in this order, as of *now*; nothing if the reader has left."""
        if self._body.is_deleted:
            return
        for gone in self._rows.keys() - {line.session.id for line in lines}:
            self._rows.pop(gone).element.delete()
        for place, line in enumerate(lines):
            row = self._rows.get(line.session.id)
            if row is None:
                with self._body:
                    row = self._rows[line.session.id] = _Row(element=ui.element("tr"))
            if self._body.default_slot.children[place] is not row.element:
                row.element.move(target_index=place)
            shown_words = line.shown_words(now)
            if row.shown_words != shown_words:
                row.shown_words = shown_words
                row.element.clear()
                with row.element:
                    _cells(line, now, self._delete, self._pin)


@dataclass(slots=True, kw_only=True)
class _Row:
    element: Element
    shown_words: tuple[object, ...] = ()
    """What the row shows now."""


COLUMNS = (
    ("Website", ""),
    ("State", ""),
    ("Started", ""),
    ("Page", "wide"),
    ("Why", "wide"),
    ("Requests", "right"),
    ("Failed", "right"),
    ("Transferred", "right wide"),
    ("Load", "right wide"),
    ("Took", "right wide"),
)


def _cells(line: Line, now: datetime, delete: Delete, pin: Pin) -> None:
    session, website = line.session, line.website
    with ui.element("td"):
        link = ui.link(website, f"/debug-sessions/{session.id}")
        link.props["title"] = website
        link.props["aria-label"] = f"{website}, session {session.id}"  # many sessions have the same website
    with ui.element("td"):
        text("span", line.state.words, f"ww-state {line.state.kind}").props["title"] = line.fault or ""
    with ui.element("td").classes("quiet"):
        moment(session.started_at)
    _cell(session.url or "", "page wide")
    _cell(line.why, "quiet wide")
    _count("request" if session.request_count == 1 else "requests", session.request_count, "right")
    _count("failed", session.failed_count, "right bad" if session.failed_count else "right quiet")
    _cell(sized(session.encoded_bytes), "right wide")
    _cell(_load_words(session), "right wide")
    _cell(elapsed_words(session, now), "right quiet wide")
    with ui.element("td").classes("right"), only_for(Permission.DEBUG, ui.element("div")):
        _pin_button(session, pin)
        says = f"Delete session {session.id}"
        button("Delete", partial(_ask_delete, line, delete), kind="ww-delete", says=says)


def _pin_button(session: DebugSession, pin: Pin) -> None:
    is_pinned = bool(session.is_pinned)
    hint = "Pinned: excluded from retention" if is_pinned else "Pin: exclude from retention"
    label = "Pinned" if is_pinned else "Pin"
    says = f"{label} session {session.id}"  # begins with the visible label (WCAG 2.5.3)
    toggle = button(label, lambda: pin(session.id, not is_pinned), kind="ww-pin", hint=hint, says=says)
    toggle.props["aria-pressed"] = "true" if is_pinned else "false"


def _load_words(session: DebugSession) -> str:
    load_ms = (session.milestones or {}).get("load")
    return "" if load_ms is None else milliseconds(load_ms)


def _cell(words: str, kind: str) -> None:
    text("td", words, kind)


def _count(noun: str, number: int | None, kind: str) -> None:
    """Draw a number; a phone shows *noun* beside it, because it hides the headings."""
    text("td", "" if number is None else f"{number:,}", kind).props["data-counts"] = noun


def _ask_delete(line: Line, delete: Delete) -> None:
    title = f"Delete session {line.session.id} of {line.website}?"
    loss = "Its requests, console messages and screenshots are deleted too. This cannot be undone."
    confirm(title, loss, "Delete session", partial(delete, line.session.id))
