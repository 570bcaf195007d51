"""The overview's rows are read in batches of websites."""

import pytest

from core import database
from core.models import MonitorStatus
from dashboard.queries import overview_rows
from tests.factories import make_check, make_website

pytestmark = pytest.mark.usefixtures("stored")


def test_more_websites_than_a_batch_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview_rows, "BATCH_SIZE", 2)
    with database.session_scope() as db:
        websites = [make_website(db) for _ in range(5)]
        ids = [website.id for website in websites]
        make_check(db, websites[4], status=MonitorStatus.UP)

    everything = database.run_in_session(overview_rows.load_rows)
    chosen = database.run_in_session(overview_rows.load_rows, {ids[4], ids[0], ids[2], 999})

    assert [row.id for row in everything] == ids
    assert [(row.id, row.status) for row in chosen] == [(ids[0], "PENDING"), (ids[2], "PENDING"), (ids[4], "UP")]
