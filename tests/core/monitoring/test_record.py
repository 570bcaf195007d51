"""A check and the downtime that it changes are stored together."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import MonitorStatus
from core.monitoring.record import record
from core.monitoring.verdict import judge
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD
from tests.core.monitoring.test_verdict import GOOD
from tests.factories import at, make_website

BAD = replace(GOOD, http_status_code=503)


def test_a_good_check_keeps_every_phase(store: Session) -> None:
    website = make_website(store)

    recorded = record(store, website.id, GOOD, judge(GOOD))

    check = MonitorCheckCRUD.get_by_id(store, recorded.check_id)
    assert check is not None
    assert (check.status, check.http_status_code, check.response_time_ms) == (MonitorStatus.UP, 200, 120.0)
    assert (check.dns_time_ms, check.connect_time_ms, check.tls_time_ms, check.ttfb_ms) == (1.0, 2.0, None, 100.0)
    assert recorded.window_id is None


def test_an_outage_is_one_window_from_the_first_failed_check_to_the_first_good_one(store: Session) -> None:
    website = make_website(store)

    story = ((0, GOOD), (60, BAD), (65, BAD), (70, BAD), (75, BAD), (180, GOOD), (240, GOOD))
    told = [record(store, website.id, replace(result, started_at=at(time)), judge(result)) for time, result in story]

    (window,), total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert total == 1
    assert (window.started_at, window.ended_at, window.duration_seconds) == (at(60), at(180), 120)
    assert (window.affected_checks_count, window.recovery_status) == (4, MonitorStatus.UP)
    assert [fact.is_failing for fact in told] == [False, True, True, True, True, False, False]
    assert [fact.window_id is not None for fact in told] == [False, False, False, True, True, True, False]
    assert window.root_cause == "The server answered with status 503; 200 to 399 is accepted."


def test_a_check_of_a_website_that_is_gone_is_dropped(store: Session) -> None:
    with pytest.raises(NotFound):
        record(store, 999, GOOD, judge(GOOD))
