"""The trial: one probe of unsaved fields, judged as a check would be, with nothing stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.accounts.actor import NOBODY
from core.config import Settings
from core.database import run_in_session
from core.errors import InvalidInput, NotAllowed, NotFound
from core.models import MonitorStatus
from core.services import WebsiteCRUD
from dashboard.actions.trial import attempt
from dashboard.commands.db import open_store
from dashboard.current_actor import acting_as
from tests.core.monitoring.servers import OK, answer, raw_server


@pytest.fixture(autouse=True)
def own_store(own_data_dir: Path) -> Iterator[None]:
    with open_store(migrated=True):
        yield


async def test_a_trial_says_each_expectation_that_failed_and_stores_nothing() -> None:
    with raw_server(answer(OK)) as server:
        given = {"url": server.url, "check_options": {"body_contains": "nope", "accepted_statuses": "201"}}
        trial = await attempt(given, Settings.load())

    assert trial.verdict.status is MonitorStatus.DOWN
    assert len(trial.verdict.unmet) == 2
    assert trial.result.body is None
    assert run_in_session(WebsiteCRUD.get_all)[1] == 0


async def test_invalid_settings_are_refused() -> None:
    with pytest.raises(InvalidInput):
        await attempt({"url": "ftp://a.example"}, Settings.load())
    with pytest.raises(NotFound, match="no website 7"):
        await attempt({"url": "https://a.example"}, Settings.load(), website_id=7)


async def test_a_viewer_may_not_try() -> None:
    with acting_as(NOBODY), pytest.raises(NotAllowed):
        await attempt({"url": "https://a.example"}, Settings.load())
