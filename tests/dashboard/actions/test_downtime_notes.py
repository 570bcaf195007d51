"""Notes and labels of a downtime window, and two people editing them at the same time."""

import pytest
from sqlalchemy import Engine, select

from core.accounts.actor import COMMAND_LINE
from core.database import run_in_session
from core.errors import ChangedMeanwhile
from core.models import AuditEvent, DowntimeWindow
from core.schemas import DowntimeWindowUpdate
from core.services import DowntimeWindowCRUD
from dashboard.actions.downtime_notes import Words, acknowledge_all, write_down
from dashboard.current_actor import acting_as
from tests.factories import NOON, make_website, make_window

UNSEEN: Words = {"root_cause": None, "notes": None}


async def test_notes_changed_by_somebody_else_are_not_overwritten_unseen(stored: Engine) -> None:
    window_id = run_in_session(lambda db: make_window(db, make_website(db)).id)

    with acting_as(COMMAND_LINE):
        await write_down(window_id, DowntimeWindowUpdate(notes="Told the provider."), seen=UNSEEN)
        with pytest.raises(ChangedMeanwhile):
            await write_down(window_id, DowntimeWindowUpdate(notes="Restarted."), seen=UNSEEN)
        cause = await write_down(window_id, DowntimeWindowUpdate(root_cause="No disk."), seen=UNSEEN)
        seen = await write_down(
            window_id, DowntimeWindowUpdate(notes="Both."), seen=UNSEEN | {"notes": "Told the provider."}
        )

    assert cause.notes == "Told the provider."
    assert seen.notes == "Both."


async def test_a_persons_cause_overwrites_a_cause_found_meanwhile(stored: Engine) -> None:
    window_id = run_in_session(lambda db: make_window(db, make_website(db)).id)
    run_in_session(DowntimeWindowCRUD.set_found_cause, window_id, "The server answers 500.")

    with acting_as(COMMAND_LINE):
        window = await write_down(window_id, DowntimeWindowUpdate(root_cause="A bad deploy."), seen=UNSEEN)

    assert window.root_cause == "A bad deploy."


async def test_windows_are_acknowledged_together_and_earlier_acknowledgements_stay(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_window(db, make_website(db)).id) for _ in range(3)]
    run_in_session(DowntimeWindowCRUD.acknowledge, ids[0], "user ada", NOON)

    with acting_as(COMMAND_LINE):
        await acknowledge_all([*ids, 999])

    by = run_in_session(lambda db: [db.get_one(DowntimeWindow, window_id).acknowledged_by for window_id in ids])
    assert by == ["user ada", COMMAND_LINE.name, COMMAND_LINE.name]
    noted = run_in_session(lambda db: list(db.scalars(select(AuditEvent.subject).order_by(AuditEvent.id))))
    assert noted == [f"downtime window {window_id}" for window_id in ids[1:]]  # the first window was not changed
