"""Recorded facts are stored in their session and its month."""

import asyncio
import io
import zipfile

import pytest
from sqlalchemy import Engine, select, text

from core import database
from core.config import Settings
from core.debugging.recorded_facts import Batch, Fact, FactKey
from core.debugging.redaction.masking import masks_for
from core.debugging.sinks import StoreSink
from core.models import ArtifactKind, NetworkEvent, NetworkEventType, SessionArtifact, SessionTrigger
from core.models.months import EVENTS, Month
from core.schemas.session_options import SessionOptions
from core.services import DebugSessionCRUD, event_months
from tests.factories import NOON, make_session, make_website

KEY, END = (FactKey(exchange_id="1", is_end=is_end) for is_end in (False, True))
ASKED = {"exchange_id": "1", "event_type": NetworkEventType.REQUEST, "url": "https://a.example/", "timestamp": NOON}


@pytest.fixture(autouse=True)
def _month(engine: Engine) -> None:
    """Create the month of `NOON` on PostgreSQL."""
    database.bind(engine)
    with engine.begin() as connection:
        event_months.make_for(connection, [Month.of(NOON, EVENTS).first_day])


@pytest.mark.parametrize("trigger", [SessionTrigger.FAILURE, SessionTrigger.MANUAL])
async def test_an_exchange_is_completed_in_the_month_of_its_session(engine: Engine, trigger: SessionTrigger) -> None:
    with database.session_scope() as db:
        session_id = make_session(db, make_website(db), trigger=trigger).id
    sink = StoreSink(session_id, masks_for(SessionOptions(), Settings()), on_deleted=pytest.fail)

    await sink.write(Batch(facts=[Fact(key=KEY, values=dict(ASKED), is_new=True)]))
    await sink.write(Batch(facts=[Fact(key=KEY, values=ASKED | {"status_code": 200}, is_new=False)]))

    with database.session_scope() as db:
        event = db.scalars(select(NetworkEvent)).one()
        assert event.status_code == 200
        if engine.dialect.name == "postgresql":
            place = "2026_03" if trigger == SessionTrigger.FAILURE else "default"
            assert db.scalar(text(f"SELECT tableoid::regclass::text FROM {EVENTS}")) == f"network_events_{place}"


async def test_facts_of_a_deleted_session_do_not_get_into_the_next_one(engine: Engine) -> None:
    masks, deleted = masks_for(SessionOptions(), Settings()), asyncio.Event()
    asked = Batch(facts=[Fact(key=KEY, values=dict(ASKED), is_new=True)])
    with database.session_scope() as db:
        session_id = make_session(db, make_website(db)).id
    sink = StoreSink(session_id, masks, on_deleted=deleted.set)
    await sink.write(asked)

    with database.session_scope() as db:
        DebugSessionCRUD.delete(db, session_id)
        next_id = make_session(db, make_website(db)).id
    await StoreSink(next_id, masks, on_deleted=pytest.fail).write(asked)  # on SQLite, its row has the deleted row's id
    for is_new in (False, True, False):
        fact = Fact(key=END if is_new else KEY, values=ASKED | {"status_code": 200}, is_new=is_new)
        await sink.write(Batch(facts=[fact]))

    with database.session_scope() as db:
        event = db.scalars(select(NetworkEvent)).one()
        assert (event.debug_session_id, event.status_code) == (next_id, None)
    assert deleted.is_set()


async def test_a_trace_is_stored_without_secrets(engine: Engine) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as trace:
        trace.writestr("trace.network", '{"password": "hunter2"}')
    with database.session_scope() as db:
        session_id = make_session(db, make_website(db)).id
    about = {"kind": ArtifactKind.TRACE, "mime_type": "application/zip", "timestamp": NOON, "offset_ms": 1.0}

    sink = StoreSink(session_id, masks_for(SessionOptions(), Settings()), on_deleted=pytest.fail)
    await sink.write(Batch(artifacts=[about | {"data": file.getvalue(), "size_bytes": len(file.getvalue())}]))

    with database.session_scope() as db:
        data, size_bytes = db.execute(select(SessionArtifact.data, SessionArtifact.size_bytes)).one()
    assert size_bytes == len(data)
    assert b"hunter2" not in zipfile.ZipFile(io.BytesIO(data)).read("trace.network")
