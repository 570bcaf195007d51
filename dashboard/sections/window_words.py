"""The card of a downtime window's page where people write root cause and notes."""

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from core.models import DowntimeWindow
from core.schemas import DowntimeWindowUpdate
from dashboard.actions import downtime_notes
from dashboard.actions.downtime_notes import Words
from dashboard.components.control import Control
from dashboard.components.elements import button, card_head, only_for, text
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error

LABELS = {"root_cause": "Root cause", "notes": "Notes"}
HINT = "Leave empty to keep the cause that was found"
ROWS = {"root_cause": 2, "notes": 4}


class WordsCard:
    """The card. It shows what people write, but never overwrites text that the reader is typing."""

    def __init__(self, window: DowntimeWindow) -> None:
        self._window_id = window.id
        self._seen = _words(window)
        may_type = may(Permission.WRITE)
        with ui.element("section").classes("ww-card").props("aria-label='Root cause and notes'"):
            card_head("Root cause and notes")
            with ui.element("div").classes("ww-card-body ww-form"):
                self._areas, self._overwritten_words = {}, {}
                for name, label in LABELS.items():
                    self._areas[name] = _text_area(label, self._seen[name], rows=ROWS[name], may_type=may_type)
                    self._overwritten_words[name] = text("small", "", "ww-muted ww-breaks").props("role=status")
                self._hint(window)
                with ui.element("div"):
                    only_for(Permission.WRITE, button("Save", self._save, kind="ww-primary"))

    def catch_up(self, window: DowntimeWindow) -> None:
        """Show the stored texts; beneath the field if the reader has typed into it."""
        stored = _words(window)
        self._hint(window)
        for name in LABELS:
            if stored[name] == self._seen[name]:
                continue
            if self._areas[name].props["value"] == (self._seen[name] or ""):
                self._areas[name].props["value"] = stored[name] or ""
            elif stored[name] != self._typed()[name]:
                self._overwritten_words[name].props["textContent"] = _overwritten_words(stored[name])
            self._seen[name] = stored[name]

    def _hint(self, window: DowntimeWindow) -> None:
        is_found = window.root_cause and not window.is_cause_given
        self._areas["root_cause"].props["placeholder"] = HINT if is_found and may(Permission.WRITE) else ""

    async def _save(self) -> None:
        typed = self._typed()
        data = DowntimeWindowUpdate.model_validate(
            {name: typed[name] for name in LABELS if typed[name] != self._seen[name]}
        )
        if await notify_on_error(downtime_notes.write_down(self._window_id, data, seen=self._seen)) is not None:
            self._seen = typed
            for note in self._overwritten_words.values():
                note.props["textContent"] = ""
            ui.notify("Saved.")

    def _typed(self) -> Words:
        return {name: area.props["value"].strip() or None for name, area in self._areas.items()}


def _text_area(label: str, value: str | None, *, rows: int, may_type: bool) -> Element:
    """Draw a text area that grows from *rows* lines with its text. Its ``value`` prop is its text."""
    with ui.element("div").classes("ww-field"):
        text("span", label, "ww-secondary").props("aria-hidden=true")  # the area itself has the aria-label
        area = Control("textarea").classes("ww-textarea ww-grows").style(f"--rows: {rows}")
    area.props(f"rows={rows} maxlength=20000")
    area.props["aria-label"] = label
    area.props["value"] = value or ""
    if not may_type:
        area.props("readonly")
    return area


def _words(window: DowntimeWindow) -> Words:
    """Return what people wrote; a cause that was found stands in the summary already."""
    return {"root_cause": window.root_cause if window.is_cause_given else None, "notes": window.notes}


def _overwritten_words(words: str | None) -> str:
    what = f"Somebody else saved: “{words}”." if words else "Somebody else cleared this text."
    return f"{what} Your text above replaces it when you save."
