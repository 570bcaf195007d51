"""Each region's state is stored separately, and the joint judgement in the same transaction."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorStatus, Website
from core.monitoring.record import record, record_once
from core.schemas import WebsiteUpdate
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, WebsiteCRUD, region_state, statistics
from tests.conftest import Queries
from tests.factories import at, make_maintenance, make_website
from tests.probe_results import BAD, GOOD, judged_check

REGIONS = ["eu", "us", "ap"]


@pytest.fixture
def website(store: Session) -> Website:
    return make_website(store, regions=REGIONS, check_interval=60)


def look(store: Session, website: Website, seconds: float, **results: Any) -> list[Any]:
    """Each region's check, a second after the other's, stored one by one."""
    return [
        record(store, [judged_check(website.id, seconds + number, result, region=region)])[0]
        for number, (region, result) in enumerate(results.items())
    ]


def statuses(store: Session, website: Website) -> list[str]:
    checks, _total = MonitorCheckCRUD.get_by_website(store, website.id)
    return [check.status.value for check in reversed(checks)]


def test_an_outage_in_all_regions_is_one_window_from_the_quorums_start(store: Session, website: Website) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)
    for seconds in (60, 65, 70, 75):
        look(store, website, seconds, eu=BAD, us=BAD, ap=BAD)
    look(store, website, 180, eu=GOOD, us=GOOD, ap=GOOD)

    (window,), total = DowntimeWindowCRUD.get_by_website(store, website.id)

    assert total == 1
    assert (window.started_at, window.ended_at) == (at(61), at(181))
    assert window.root_cause == ("The server returned status 503; expected 200 to 399. Down in eu and us, up in ap.")
    share = statistics.uptime(store, [website.id], since=at(1), until=at(240))[website.id]
    assert share.down_seconds == 120, "three regions are one span of time"


def test_a_region_that_fails_alone_opens_no_window_and_is_named(store: Session, website: Website) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)
    for seconds in (60, 65, 70):
        look(store, website, seconds, eu=BAD)
    look(store, website, 71, us=GOOD, ap=GOOD)

    checks, _total = MonitorCheckCRUD.get_by_website(store, website.id)

    assert DowntimeWindowCRUD.get_by_website(store, website.id)[1] == 0
    assert [check.status.value for check in checks[:3]] == ["DEGRADED"] * 3
    assert [check.region_status.value for check in checks[:3] if check.region_status] == ["UP", "UP", "DOWN"]
    assert (checks[0].error_message or "").endswith("Down in eu, up in us and ap.")
    assert checks[0].region_message is None
    assert checks[2].region_message == "The server returned status 503; expected 200 to 399."


def test_a_single_failure_only_makes_the_other_regions_check(store: Session, website: Website) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)

    first, second, third, fourth = [look(store, website, 60 + 5 * number, eu=BAD)[0] for number in range(4)]

    assert [one.is_news_elsewhere for one in (first, second, third, fourth)] == [True, True, True, False]
    assert all(one.is_failing for one in (first, second, third, fourth))
    assert statuses(store, website)[3:] == ["UP", "UP", "DEGRADED", "DEGRADED"]


def test_a_silent_region_does_not_vote(store: Session, website: Website) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)
    for minute in range(1, 6):
        look(store, website, 60 * minute, us=GOOD, ap=GOOD)
    for seconds in (360, 365, 370):
        look(store, website, seconds, us=BAD, ap=BAD)

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.root_cause or "").endswith("Down in us and ap, no report from eu.")


def test_with_one_reporting_region_of_three_the_status_is_unknown(store: Session, website: Website) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)
    for minute in range(1, 6):
        look(store, website, 60 * minute, us=GOOD)

    assert statuses(store, website)[-1] == "UNKNOWN"
    told = statistics.uptime(store, [website.id], since=at(0), until=at(300))[website.id]
    assert 0.4 < told.coverage < 0.8
    assert told.share == 1


def test_a_silent_region_does_not_close_a_window(store: Session, website: Website) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)
    for seconds in (60, 65, 70):
        look(store, website, seconds, eu=BAD, us=BAD, ap=GOOD)
    for minute in range(2, 8):
        look(store, website, 60 * minute, us=BAD, ap=GOOD)
    held = DowntimeWindowCRUD.get_ongoing_downtime(store, website.id)
    look(store, website, 480, eu=GOOD, us=BAD, ap=GOOD)

    assert held is not None
    assert DowntimeWindowCRUD.get_ongoing_downtime(store, website.id) is None
    store.expire_all()
    assert held.ended_at == at(480)


@pytest.mark.parametrize("is_batch", [False, True], ids=["one by one", "in a batch"])
def test_a_region_that_kept_failing_opens_a_window_at_the_end_of_the_last_one(store: Session, is_batch: bool) -> None:
    website = make_website(store, regions=["eu", "us"], quorum=1)
    story = [("eu", 10, BAD), ("us", 11, BAD), ("us", 12, BAD), ("us", 13, BAD), ("us", 14, GOOD)]
    story += [("eu", 15, BAD), ("eu", 16, BAD), ("us", 20, GOOD)]
    results = [judged_check(website.id, seconds, result, region=region) for region, seconds, result in story]

    for batch in [results] if is_batch else [[one] for one in results]:
        record(store, batch)

    windows, _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert [(window.started_at, window.ended_at) for window in reversed(windows)] == [(at(11), at(14)), (at(14), None)]


def test_good_checks_are_not_counted_as_affected(store: Session, website: Website) -> None:
    for seconds in (0, 5, 10):
        look(store, website, seconds, eu=BAD, us=BAD)
    look(store, website, 15, ap=GOOD)

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert window.affected_checks_count == 6


def test_a_failure_in_maintenance_opens_no_window_although_regions_agree(store: Session, website: Website) -> None:
    make_maintenance(store, website_id=website.id, starts_at=at(-60), duration_seconds=600)
    for seconds in (0, 5, 10):
        look(store, website, seconds, eu=BAD, us=BAD)

    assert DowntimeWindowCRUD.get_by_website(store, website.id)[1] == 0


def test_a_batch_has_the_same_result_as_single_checks(store: Session, website: Website) -> None:
    twin = make_website(store, regions=REGIONS, check_interval=60)
    story = [(60 + 5 * turn + number, region) for turn in range(4) for number, region in enumerate(REGIONS)]
    for seconds, region in story:
        record(store, [judged_check(website.id, seconds, BAD, region=region)])

    record(store, [judged_check(twin.id, seconds, BAD, region=region) for seconds, region in reversed(story)])

    windows = [DowntimeWindowCRUD.get_by_website(store, one.id)[0][0] for one in (website, twin)]
    assert windows[0].started_at == windows[1].started_at
    assert windows[0].affected_checks_count == windows[1].affected_checks_count
    assert statuses(store, website) == statuses(store, twin)


def test_a_check_of_a_removed_region_is_dropped(store: Session, website: Website) -> None:
    look(store, website, 0, eu=BAD, us=GOOD, ap=GOOD)
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(regions=["us", "ap"]))

    stray = record(store, [judged_check(website.id, 30, BAD, region="eu")])

    assert stray == []
    assert sorted(region for _id, region in region_state.read(store, [website.id])) == ["ap", "us"]


def test_a_late_check_of_a_region_does_not_change_its_current_state(store: Session, website: Website) -> None:
    look(store, website, 60, eu=GOOD, us=GOOD, ap=GOOD)

    record_once(store, [judged_check(website.id, 10, BAD, region="eu")])

    assert region_state.read(store, [website.id])[website.id, "eu"].status is MonitorStatus.UP


def test_checks_out_of_order_take_no_more_statements(store: Session, website: Website, query_counter: Queries) -> None:
    look(store, website, 0, eu=GOOD, us=GOOD, ap=GOOD)

    def count(seconds: float, region: str) -> int:
        with query_counter.counted(store.get_bind().engine) as queries:
            record(store, [judged_check(website.id, seconds, region=region)])
        return len(queries)

    in_order, overtaken = count(61, "us"), count(60, "eu")

    assert overtaken <= in_order
    share = statistics.uptime(store, [website.id], since=at(1), until=at(61))[website.id]
    assert share.coverage == 1


def test_regions_take_three_more_statements_for_any_number_of_checks(store: Session, query_counter: Queries) -> None:
    websites = [make_website(store, regions=REGIONS) for _ in range(5)]
    plain = make_website(store)
    engine = store.get_bind().engine

    def count(findings: list[Any]) -> int:
        with query_counter.counted(engine) as queries:
            record(store, findings)
        return len(queries)

    record(
        store,
        [
            judged_check(plain.id, 0),
            *(judged_check(one.id, 0, region=region) for one in websites for region in REGIONS),
        ],
    )
    without = count([judged_check(plain.id, 60)])
    few = count([judged_check(websites[0].id, 60, region="eu")])
    many = count([judged_check(one.id, 61, region=region) for one in websites for region in REGIONS])

    assert few == many == without + 3


def test_a_region_with_a_clock_ahead_does_not_silence_the_others(store: Session, website: Website) -> None:
    now = (utc_now() - at(0)).total_seconds()
    look(store, website, now + 3_600, ap=GOOD)  # and then stays silent

    for seconds in (-60, -55, -50):
        look(store, website, now + seconds, eu=BAD, us=BAD)

    assert DowntimeWindowCRUD.get_by_website(store, website.id)[1] == 1
