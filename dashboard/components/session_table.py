"""The list of debug sessions, and what stands in its place while there is none."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nicegui import ui

from core.models import DebugSession, SessionTrigger
from dashboard.components.elements import button, moment, text
from dashboard.components.session_bar import TRIGGER_WORDS, elapsed_words, state_words

STYLE = Path(__file__).with_suffix(".css")

ICON = """<svg width="48" height="44" viewBox="0 0 48 44" fill="none" stroke="currentColor" stroke-width="2"
stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><rect x="2" y="2" width="44" height="32" rx="4"/>
<path d="M9 19h8l4-9 6 18 4-9h8M17 41h14"/></svg>"""


NOTHING_YET = (
    "A debug session opens the website in a real browser and records every request, cookie and timing as it happens."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a session is started from here."""

    websites: Mapping[int, str]
    """The name of each website by its id."""
    unavailable: str | None
    """Why no session can run, in one sentence; None when one can."""
    start: Callable[[int], Awaitable[None]]


def nothing_yet(start: Start) -> None:
    """What a person sees before the first session."""
    with ui.element("div").classes("ww-nothing-yet"):
        ui.html(ICON, sanitize=False)
        text("h1", "Nothing recorded yet")
        text("p", NOTHING_YET)
        starter(start)


def starter(start: Start) -> None:
    """Choose a website and press the button; where that cannot be, say why."""
    with ui.element("div").classes("ww-start"):
        if not start.websites:
            ui.link("Add a website first", "/").classes("ww-button ww-primary")
            return
        chosen = {"id": next(iter(start.websites))}
        if len(start.websites) > 1:
            _chooser(start.websites, chosen)
        press = button("Start debug session", lambda: start.start(chosen["id"]), kind="ww-primary")
        if start.unavailable:
            press.props("disabled")
    if start.unavailable:
        text("p", start.unavailable, "ww-why-not")


def _chooser(websites: Mapping[int, str], chosen: dict[str, int]) -> None:
    def choose(event: object) -> None:
        value = getattr(event, "args", None)
        if isinstance(value, str) and value.isdigit() and int(value) in websites:
            chosen["id"] = int(value)

    with (
        ui.element("select")
        .props('aria-label="Website"')
        .on("change", choose, js_handler="(e) => emit(e.target.value)")
    ):
        for website_id, name in websites.items():
            text("option", name).props(f"value={website_id}")


def session_table(
    rows: Sequence[tuple[DebugSession, str]], *, now: datetime, delete: Callable[[int], Awaitable[None]]
) -> None:
    """One line for each session, with its website's name."""
    with ui.element("div").classes("ww-table-card"), ui.element("table").classes("ww-table"):
        with ui.element("thead"), ui.element("tr"):
            for title, kind in COLUMNS:
                text("th", title, kind).props("scope=col")
            with ui.element("th"):
                text("span", "Actions", "ww-hidden")
        with ui.element("tbody"):
            for session, website in rows:
                _row(session, website, now, delete)


COLUMNS = (
    ("Website", ""),
    ("State", ""),
    ("Started", ""),
    ("Page", "wide"),
    ("Why", "wide"),
    ("Requests", "right"),
    ("Failed", "right"),
    ("Transferred", "right wide"),
    ("Took", "right wide"),
)


def _row(session: DebugSession, website: str, now: datetime, delete: Callable[[int], Awaitable[None]]) -> None:
    words, kind = state_words(session, now)
    with ui.element("tr"):
        with ui.element("td"):
            ui.link(website, f"/debug-sessions/{session.id}")
        with ui.element("td"):
            text("span", words.rsplit(",", 1)[0], f"ww-state {kind}")
        with ui.element("td").classes("quiet"):
            moment(session.started_at)
        _cell(session.url or "", "page wide")
        _cell(TRIGGER_WORDS[session.trigger or SessionTrigger.MANUAL], "quiet wide")
        _cell(_count(session.request_count), "right")
        _cell(_count(session.failed_count), "right bad" if session.failed_count else "right quiet")
        _cell(bytes_words(session.encoded_bytes), "right wide")
        _cell(elapsed_words(session, now), "right wide")
        with ui.element("td").classes("right"):
            remove = button("Delete", lambda: _confirm(session, website, delete), kind="ww-delete")
            remove.props(f'aria-label="Delete session {session.id}"')


def _cell(words: str, kind: str) -> None:
    text("td", words, kind)


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def bytes_words(count: int | None) -> str:
    """*count* bytes in powers of 1000, as browsers count them; empty for None."""
    if count is None or count < 1000:
        return "" if count is None else f"{count} B"
    size, unit = next(
        (count / limit, unit) for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if count >= limit
    )
    return f"{size:.1f} {unit}"


def _confirm(session: DebugSession, website: str, delete: Callable[[int], Awaitable[None]]) -> None:
    with ui.dialog(value=True) as dialog, ui.element("div").classes("ww-card ww-confirm"):
        text("h2", f"Delete session {session.id} of {website}?")
        text("p", "Its requests, console and pictures are deleted with it. This cannot be undone.")

        async def go() -> None:
            dialog.close()
            await delete(session.id)

        with ui.element("div").classes("ww-actions"):
            button("Keep", dialog.close)
            button("Delete", go, kind="ww-danger")
