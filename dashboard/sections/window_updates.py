"""The card of a downtime window's page where people write updates for status pages."""

from collections.abc import Sequence

from nicegui import ui
from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.database import in_session
from core.models import WindowUpdate
from core.services import WindowUpdateCRUD
from dashboard.actions import downtime_notes
from dashboard.components.elements import card_head
from dashboard.components.update_form import update_form, written_updates
from dashboard.current_actor import may


class UpdatesCard:
    """The updates and a form for another, which keeps its text while others write."""

    def __init__(self, window_id: int, updates: Sequence[WindowUpdate]) -> None:
        self._window_id, self._updates = window_id, updates
        with ui.element("section").classes("ww-card").props("aria-label='Updates for status pages'"):
            card_head("Updates", "shown on status pages and sent to subscribers")
            with ui.element("div").classes("ww-card-body"):
                if may(Permission.WRITE):
                    update_form(self._write)
                self._list()

    def catch_up(self, updates: Sequence[WindowUpdate]) -> None:
        """Show *updates*, newest first, if they changed."""
        before, self._updates = self._updates, updates
        if [update.id for update in before] != [update.id for update in updates]:
            self._list.refresh()

    @ui.refreshable_method
    def _list(self) -> None:
        written_updates(self._updates)

    async def _write(self, stage: str, words: str) -> None:
        await downtime_notes.write_update(self._window_id, {"stage": stage, "text": words})
        self.catch_up(await in_session(_updates, self._window_id))


def _updates(db: Session, window_id: int) -> list[WindowUpdate]:
    return WindowUpdateCRUD.get_by_windows(db, [window_id]).get(window_id, [])
