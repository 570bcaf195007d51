"""The card of a downtime window's page in which people write for the readers of status pages."""

from nicegui import ui
from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.database import in_session
from core.models import WindowUpdate
from core.services import WindowUpdateCRUD
from dashboard.acting import may
from dashboard.actions import downtime_notes
from dashboard.components.elements import card_head
from dashboard.components.update_form import update_form, written_updates


class UpdatesCard:
    """Reads what was written once it is drawn, and again when somebody writes; what is typed here stays."""

    def __init__(self, window_id: int) -> None:
        self._window_id = window_id
        self._updates: list[WindowUpdate] = []
        with ui.element("section").classes("ww-card").props("aria-label='Updates for status pages'"):
            card_head("Updates", "what status pages and their subscribers are told")
            with ui.element("div").classes("ww-card-body"):
                if may(Permission.WRITE):
                    update_form(self._write)
                self._list()
        ui.timer(0, self.catch_up, once=True)

    async def catch_up(self) -> None:
        """Show what was written since the last time."""
        before, self._updates = self._updates, await in_session(_updates, self._window_id)
        if [one.id for one in before] != [one.id for one in self._updates]:
            self._list.refresh()

    @ui.refreshable_method
    def _list(self) -> None:
        written_updates(self._updates)

    async def _write(self, stage: str, words: str) -> None:
        await downtime_notes.write_update(self._window_id, {"stage": stage, "text": words})
        await self.catch_up()


def _updates(db: Session, window_id: int) -> list[WindowUpdate]:
    return WindowUpdateCRUD.get_by_windows(db, [window_id]).get(window_id, [])
