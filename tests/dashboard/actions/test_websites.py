"""Actions on many websites at once."""

from typing import cast

import pytest
from sqlalchemy import Engine

from core.accounts.actor import COMMAND_LINE
from core.database import run_in_session
from core.errors import MonitorUnavailable
from core.services import AuditEventCRUD
from core.workers.monitor_link import MonitorLink
from dashboard.actions import websites
from dashboard.current_actor import acting_as
from tests.factories import make_website


class Monitor:
    """A monitor that runs a limited number of requested checks, then stops answering."""

    def __init__(self, *, checks: int = 1_000) -> None:
        self.checked: list[int] = []
        self._left = checks

    async def check_now(self, website_id: int) -> None:
        if self._left == 0:
            raise MonitorUnavailable("The monitor does not answer.")
        self._left -= 1
        self.checked.append(website_id)


async def test_many_websites_are_checked_and_missing_ones_skipped(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(30)]
    monitor = Monitor()

    with acting_as(COMMAND_LINE):
        await websites.check_all_now(cast("MonitorLink", monitor), [999, *ids])

    assert sorted(monitor.checked) == ids
    events, _total = run_in_session(AuditEventCRUD.get_all, limit=100)
    assert [event.action for event in events].count("website.check_now") == len(ids)


async def test_an_unavailable_monitor_is_reported_once_and_not_awaited_again(stored: Engine) -> None:
    ids = [run_in_session(lambda db: make_website(db).id) for _ in range(60)]
    monitor = Monitor(checks=2)

    with acting_as(COMMAND_LINE), pytest.raises(MonitorUnavailable, match="does not answer"):
        await websites.check_all_now(cast("MonitorLink", monitor), ids)

    assert len(monitor.checked) == 2
