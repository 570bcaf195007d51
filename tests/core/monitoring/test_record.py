"""Checks and the windows they change are stored together, a batch in as many statements as a single check."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import clock
from core.clock import utc_now
from core.models import MonitorStatus
from core.monitoring.downtime import Closed, Confirmation, Opened
from core.monitoring.judged_result import JudgedResult
from core.monitoring.probe import ProbeResult
from core.monitoring.record import record, record_once
from core.monitoring.verdict import Verdict
from core.schemas import DowntimeWindowUpdate, WebsiteUpdate
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, WebsiteCRUD, coverage, statistics
from core.services.coverage_rebuild import rebuild_coverage
from tests.conftest import Queries
from tests.factories import NOON, at, make_maintenance, make_website, make_window
from tests.probe_results import BAD, GOOD, judged_check

STORY = ((0, GOOD), (60, BAD), (65, BAD), (70, BAD), (75, BAD), (180, GOOD), (240, GOOD))


def test_a_good_check_is_stored_with_every_phase(store: Session) -> None:
    website = make_website(store)

    (recorded,) = record(store, [judged_check(website.id)])

    check = MonitorCheckCRUD.get_by_id(store, recorded.check_id)
    assert check is not None
    assert (check.status, check.http_status_code, check.response_time_ms) == (MonitorStatus.UP, 200, 120.0)
    assert (check.dns_time_ms, check.connect_time_ms, check.tls_time_ms, check.ttfb_ms) == (1.0, 2.0, None, 100.0)
    assert recorded.window_id is None


def test_a_failure_after_a_manually_ended_window_opens_a_new_window(store: Session) -> None:
    website = make_website(store)
    for seconds in (0, 5, 10, 15):
        record(store, [judged_check(website.id, seconds, BAD)])
    window = DowntimeWindowCRUD.get_ongoing_downtime(store, website.id)
    assert window
    DowntimeWindowCRUD.update(store, window.id, DowntimeWindowUpdate(ended_at=at(17)))

    record(store, [judged_check(website.id, 20, BAD)])

    windows, _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert [(window.started_at, window.ended_at) for window in reversed(windows)] == [(at(0), at(17)), (at(17), None)]


def test_an_outage_is_one_window_from_the_first_failed_check_to_the_first_good_one(store: Session) -> None:
    website = make_website(store)

    told = [record(store, [judged_check(website.id, seconds, result)])[0] for seconds, result in STORY]

    (window,), total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert total == 1
    assert (window.started_at, window.ended_at, window.duration_seconds) == (at(60), at(180), 120)
    assert (window.affected_checks_count, window.recovery_status) == (4, MonitorStatus.UP)
    assert [fact.is_failing for fact in told] == [False, True, True, True, True, False, False]
    assert [fact.window_id is not None for fact in told] == [False, False, False, True, True, True, False]
    assert window.root_cause == "The server returned status 503; expected 200 to 399."


def test_a_check_stored_after_a_pause_adds_no_known_time(store: Session) -> None:
    website = make_website(store, check_interval=3_600)
    record(store, [judged_check(website.id, 0)])
    coverage.end(store, website.id, at(603))
    website.is_active = False
    store.flush()

    record(store, [judged_check(website.id, 600)])

    told = statistics.uptime(store, [website.id], since=at(0), until=at(6_030))[website.id]
    assert (told.share, told.coverage) == (1.0, 0.1)


def test_a_batch_has_the_same_result_as_single_checks(store: Session) -> None:
    alone, together = make_website(store), make_website(store)
    one_by_one = [record(store, [judged_check(alone.id, seconds, result)])[0] for seconds, result in STORY]

    at_once = record(store, [judged_check(together.id, seconds, result) for seconds, result in reversed(STORY)])

    assert [fact.transition for fact in at_once] == [fact.transition for fact in one_by_one]
    assert [fact.is_failing for fact in at_once] == [fact.is_failing for fact in one_by_one]
    windows = [DowntimeWindowCRUD.get_by_website(store, website.id)[0] for website in (alone, together)]
    edges = [
        [(w.started_at, w.ended_at, w.duration_seconds, w.affected_checks_count) for w in some] for some in windows
    ]
    assert edges[0] == edges[1]
    states = statistics.current_states(store)
    assert (states[together.id].checked_at, states[together.id].status) == (at(240), MonitorStatus.UP)
    assert states[together.id].available_since == states[alone.id].available_since == at(180)


def test_a_window_can_open_extend_and_close_across_batches(store: Session) -> None:
    website = make_website(store)

    first = record(store, [judged_check(website.id, seconds, BAD) for seconds in (0, 5, 10)])
    record(store, [judged_check(website.id, seconds, BAD) for seconds in (15, 20)])
    last = record(
        store, [judged_check(website.id, 25, BAD), judged_check(website.id, 30), judged_check(website.id, 90)]
    )

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at, window.affected_checks_count) == (at(0), at(30), 6)
    assert isinstance(first[2].transition, Opened)
    assert [fact.window_id for fact in first] == [None, None, window.id]
    assert isinstance(last[1].transition, Closed)
    assert [fact.window_id for fact in last] == [window.id, window.id, None]


def test_a_batch_of_many_websites_takes_as_many_statements_as_one_check(store: Session, query_counter: Queries) -> None:
    websites = [make_website(store) for _ in range(50)]
    for website in websites:
        make_window(store, website, started_at=at(-60))
    engine = store.get_bind().engine

    counts = []
    for begin, batch in ((0, websites[:1]), (60, websites)):
        with query_counter.counted(engine) as queries:
            record(store, [judged_check(website.id, begin + number, BAD) for website in batch for number in range(2)])
        counts.append(len(queries))

    assert counts[1] <= counts[0] <= 9  # many rows go by COPY on PostgreSQL, which is not counted


def test_late_checks_are_stored_and_do_not_change_the_current_state(store: Session) -> None:
    website = make_website(store)
    record(store, [judged_check(website.id, 600)])

    late = record(store, [judged_check(website.id, seconds, BAD) for seconds in (0, 5, 10)])

    assert [(fact.transition, fact.is_failing) for fact in late] == [(None, False)] * 3
    assert MonitorCheckCRUD.get_by_website(store, website.id)[1] == 4
    assert statistics.current_states(store)[website.id].status == MonitorStatus.UP


def test_a_certificate_is_stored_with_its_website(store: Session) -> None:
    website = make_website(store)
    record(store, [judged_check(website.id, 0, replace(GOOD, certificate_expires_at=at(86_400)))])
    record(
        store, [judged_check(website.id, 60, replace(GOOD, error="It did not answer.", certificate_expires_at=None))]
    )
    kept = statistics.current_states(store)[website.id].certificate_expires_at

    record(store, [judged_check(website.id, 120, replace(GOOD, certificate_expires_at=None))])
    store.expire_all()

    assert kept == at(86_400)
    assert statistics.current_states(store)[website.id].certificate_expires_at is None


def test_a_check_of_a_deleted_website_is_dropped(store: Session) -> None:
    website = make_website(store)

    recorded = record(store, [judged_check(999), judged_check(website.id)])

    assert [fact.website_id for fact in recorded] == [website.id]


def test_a_check_of_a_deleted_website_is_not_stored_for_the_next_one(store: Session) -> None:
    old = make_website(store)
    in_flight = judged_check(old.id, 0, BAD)
    WebsiteCRUD.delete(store, old.id)
    make_website(store)

    assert record(store, [in_flight]) == []


def test_a_website_still_down_after_maintenance_opens_a_window_at_its_end(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    make_maintenance(store, website_id=website.id, starts_at=at(0), duration_seconds=100)

    during = record(
        store, [judged_check(one.id, seconds, BAD) for one in (website, other) for seconds in (10, 15, 20, 25)]
    )
    record(store, [judged_check(website.id, seconds, BAD) for seconds in (95, 101, 106)])

    assert {fact.website_id for fact in during if fact.window_id} == {other.id}
    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(100), None)


def test_a_failure_within_maintenance_opens_no_window(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, starts_at=at(-60), duration_seconds=100)

    record(store, [judged_check(website.id, seconds, BAD) for seconds in (0, 5, 10)])
    record(store, [judged_check(website.id, 50), judged_check(website.id, 110)])

    assert DowntimeWindowCRUD.get_by_website(store, website.id)[1] == 0


def test_a_failure_in_maintenance_after_a_recovery_in_the_same_batch_is_not_down(store: Session) -> None:
    website = make_website(store)
    record(store, [judged_check(website.id, second, BAD) for second in (0, 5, 10)])
    make_maintenance(store, website_id=website.id, starts_at=at(100), duration_seconds=100)

    record(
        store, [judged_check(website.id, 60), *(judged_check(website.id, second, BAD) for second in (120, 125, 130))]
    )

    assert [window.ended_at for window in DowntimeWindowCRUD.get_by_website(store, website.id)[0]] == [at(60)]


def test_a_window_opened_before_maintenance_closes_at_its_recovery(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, starts_at=at(60), duration_seconds=100)

    record(store, [judged_check(website.id, seconds, BAD) for seconds in (0, 5, 10, 65, 70)])
    record(store, [judged_check(website.id, 90)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(0), at(90))


def test_a_slot_claimed_by_two_workers_is_stored_once(store: Session) -> None:
    website = make_website(store)
    first = replace(judged_check(website.id, 0), due_at=at(0))
    second = replace(judged_check(website.id, 1), due_at=at(0))
    out_of_turn = judged_check(website.id, 2)

    stored = record_once(store, [first])
    again = record_once(store, [second, out_of_turn])
    at_once = record_once(store, [replace(judged_check(website.id, 30 + n), due_at=at(30)) for n in range(2)])

    assert (len(stored), len(again), len(at_once)) == (1, 1, 1)
    checks, total = MonitorCheckCRUD.get_by_website(store, website.id)
    assert total == 3
    assert [(check.checked_at, check.due_at) for check in checks] == [(at(30), at(30)), (at(2), None), (at(0), at(0))]


def test_a_slot_is_stored_once_for_each_region(store: Session) -> None:
    website = make_website(store, regions=["eu", "us"])
    both = [judged_check(website.id, 0, due_at=at(0), region=region) for region in ("eu", "us")]

    stored = record_once(store, both)
    again = record_once(store, [judged_check(website.id, 1, due_at=at(0), region="us")])

    assert (len(stored), len(again)) == (2, 0)
    assert MonitorCheckCRUD.get_by_website(store, website.id, region="us")[1] == 1


def test_concurrent_results_of_two_workers_are_judged_in_turn(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return  # one in memory has one connection, and one that is a file one writer
    with Session(engine) as db:
        website_ids = [make_website(db).id for _ in range(8)]
        db.commit()
    together = Barrier(2)

    def work(worker: int) -> None:
        for website_id in website_ids:
            together.wait()
            with Session(engine) as db:
                record_once(db, [judged_check(website_id, worker, BAD)], Confirmation(retries=1))
                db.commit()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))

    with Session(engine) as db:
        for website_id in website_ids:
            assert DowntimeWindowCRUD.get_by_website(db, website_id)[1] == 1


@pytest.fixture
def clock_at() -> Iterator[Callable[[float], None]]:
    """Sets the clock, which is the machine's again afterwards."""
    yield lambda seconds: clock.set_clock(at(seconds))
    clock.set_clock(datetime.now(UTC))


HOUR = 3_600.0


def test_a_window_ends_at_a_pause_and_a_new_one_opens_after_it(
    store: Session, clock_at: Callable[[float], None]
) -> None:
    website = make_website(store)
    record(store, [judged_check(website.id, seconds, BAD) for seconds in (0, 5, 10)])

    clock_at(20)
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=False))
    (under_way,) = record(store, [judged_check(website.id, 18, BAD)], Confirmation(retries=0))
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=True))
    record(store, [judged_check(website.id, seconds, BAD) for seconds in (60, 65, 70)])

    (later, before), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (before.started_at, before.recovery_status) == (at(0), MonitorStatus.UNKNOWN)
    assert before.duration_seconds == pytest.approx(20, abs=1)
    assert under_way.transition is None
    assert (later.started_at, later.ended_at) == (at(60), None)
    clock_at(70)
    told = statistics.uptime(store, [website.id], since=at(0), until=at(70))[website.id]
    assert told.share == 0.0
    assert told.down_seconds == pytest.approx(30, abs=1)


def test_an_outage_is_found_after_a_clock_an_hour_ahead_was_corrected(
    store: Session, clock_at: Callable[[float], None]
) -> None:
    website = make_website(store)
    record(store, [judged_check(website.id, HOUR)])
    clock_at(90)

    told = [
        record(store, [judged_check(website.id, seconds, result)])[0]
        for seconds, result in ((20, GOOD), (60, BAD), (65, BAD), (70, BAD), (90, GOOD))
    ]

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at, window.affected_checks_count) == (at(60), at(90), 3)
    assert [fact.is_failing for fact in told] == [False, True, True, True, False]
    assert statistics.current_states(store)[website.id].checked_at == at(90)
    shown = statistics.uptime(store, [website.id], since=at(20), until=at(90))[website.id]
    assert (shown.coverage, shown.down_seconds) == (1.0, 30.0)


def test_a_window_opened_by_a_clock_ahead_has_the_times_of_the_corrected_clock(
    store: Session, clock_at: Callable[[float], None]
) -> None:
    website = make_website(store)
    clock_at(HOUR + 10)
    record(store, [judged_check(website.id, HOUR + seconds, BAD) for seconds in (0, 5, 10)])
    clock_at(80)

    record(store, [judged_check(website.id, 20, BAD), judged_check(website.id, 25, BAD)])
    record(store, [judged_check(website.id, 80)])

    (window,), total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert total == 1
    assert (window.started_at, window.ended_at, window.duration_seconds) == (at(20), at(80), 60)
    assert window.affected_checks_count == 5


YEAR = 365 * 24 * HOUR


@pytest.mark.parametrize(
    ("behind", "edges"),
    [
        pytest.param(-50 * YEAR, (HOUR, HOUR + 60), id="begun decades ago"),
        pytest.param(-60, (HOUR, HOUR + 60), id="begun in time that was known"),
    ],
)
def test_a_window_opened_by_a_clock_behind_is_not_longer_than_by_the_corrected_one(
    store: Session, clock_at: Callable[[float], None], behind: float, edges: tuple[float, float]
) -> None:
    website = make_website(store)
    for seconds in (-120, -60, 0):
        record(store, [judged_check(website.id, seconds)])
    clock_at(behind + 20)
    record(store, [judged_check(website.id, behind + seconds, BAD) for seconds in (5, 10, 15)])

    clock_at(HOUR)
    record(store, [judged_check(website.id, HOUR, BAD)])
    record(store, [judged_check(website.id, HOUR + 60)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == tuple(at(edge) for edge in edges)


def test_failures_before_a_gap_do_not_reduce_known_time_stored_with_their_end(store: Session) -> None:
    website = make_website(store)
    for seconds, result in ((0, GOOD), (60, BAD), (400, BAD)):
        record(store, [judged_check(website.id, seconds, result)])
    unknown = Verdict(status=MonitorStatus.UNKNOWN, reason="Our own network")

    record(store, [judged_check(website.id, 410), replace(judged_check(website.id, 420), verdict=unknown)])

    fared = statistics.uptime(store, [website.id], since=at(0), until=at(420))[website.id]
    assert fared.coverage * 420 == pytest.approx(60 + 20)


def test_a_window_closed_by_a_clock_ahead_ends_at_the_time_of_the_corrected_clock(
    store: Session, clock_at: Callable[[float], None]
) -> None:
    website = make_website(store)
    for seconds, result in ((0, GOOD), (60, BAD), (65, BAD), (70, BAD)):
        record(store, [judged_check(website.id, seconds, result)])
    clock_at(2 * HOUR + 80)
    record(store, [judged_check(website.id, 2 * HOUR + seconds) for seconds in (75, 80)])

    clock_at(100)
    record(store, [judged_check(website.id, seconds) for seconds in (90, 95, 100)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at, window.duration_seconds) == (at(60), at(90), 30)
    clock_at(300)
    fared = statistics.uptime(store, [website.id], since=at(60), until=at(110))[website.id]
    assert fared.down_seconds == 30


def test_a_clock_behind_does_not_change_an_ended_window(store: Session, clock_at: Callable[[float], None]) -> None:
    website = make_website(store)
    for seconds, result in ((0, GOOD), (60, BAD), (65, BAD), (70, BAD), (75, BAD), (80, GOOD), (140, GOOD)):
        record(store, [judged_check(website.id, seconds, result)])

    clock_at(72)
    record(store, [judged_check(website.id, 72)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(60), at(80))


@pytest.mark.parametrize("failed", [1, 3], ids=["one failure", "called down"])
@pytest.mark.parametrize("is_paused", [False, True], ids=["is checked", "is paused"])
@pytest.mark.parametrize("is_blind", [False, True], ids=["at once", "after a check that says nothing"])
def test_failures_by_a_slow_clock_do_not_reduce_known_time(
    store: Session, clock_at: Callable[[float], None], failed: int, is_blind: bool, is_paused: bool
) -> None:
    website = make_website(store)
    for seconds in (-120, -60, 0):
        record(store, [judged_check(website.id, seconds)])
    clock_at(-50 * YEAR + 20)
    record(store, [judged_check(website.id, -50 * YEAR + 5 * number, BAD) for number in range(failed)])

    clock_at(HOUR)
    if is_blind:
        unknown = Verdict(status=MonitorStatus.UNKNOWN, reason="Our own network")
        record(store, [replace(judged_check(website.id, HOUR - 5), verdict=unknown)])
    if is_paused:
        WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=False))
    else:
        record(store, [judged_check(website.id, HOUR)])

    fared = statistics.uptime(store, [website.id], since=at(-120), until=at(0))[website.id]
    assert fared.coverage == 1


def test_a_window_keeps_its_start_after_a_clock_was_behind_for_a_while(
    store: Session, clock_at: Callable[[float], None]
) -> None:
    website = make_website(store)
    for seconds, result in ((0, GOOD), (HOUR, BAD), (HOUR + 5, BAD), (HOUR + 10, BAD)):
        record(store, [judged_check(website.id, seconds, result)])
    clock_at(60)
    record(store, [judged_check(website.id, 60, BAD)])

    clock_at(2 * HOUR)
    record(store, [judged_check(website.id, 2 * HOUR)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(HOUR), at(2 * HOUR))


BOOT = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
"""The time on a machine whose clock was not set yet."""


def since_boot(website_id: int, seconds: float, result: ProbeResult) -> JudgedResult:
    return judged_check(website_id, (BOOT - NOON).total_seconds() + seconds, result)


@pytest.mark.parametrize(("then", "ended_at"), [(BAD, None), (GOOD, at(0))], ids=["still down", "up"])
def test_a_window_of_a_clock_that_was_never_set_begins_when_it_is_set(
    store: Session, then: ProbeResult, ended_at: datetime | None
) -> None:
    website = make_website(store)
    for seconds in (0, 5, 10):
        record(store, [since_boot(website.id, seconds, BAD)])

    record(store, [judged_check(website.id, 0, then)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(0), ended_at)


def test_a_pause_by_a_clock_that_was_never_set_begins_at_the_last_check(store: Session, machine_time: None) -> None:
    website = make_website(store, check_interval=60)
    for seconds, result in ((0, GOOD), (60, BAD), (65, BAD), (70, BAD), (120, BAD)):
        record(store, [judged_check(website.id, seconds, result)])

    clock.set_clock(BOOT)
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=False))
    clock.set_clock(at(HOUR))
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=True))
    rebuild_coverage(store)

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(60), at(120))
    told = statistics.uptime(store, [website.id], since=at(0), until=at(HOUR))[website.id]
    assert (told.share, told.down_seconds) == (0.5, 60)


def test_a_window_continues_over_a_gap_without_checks(store: Session) -> None:
    website = make_website(store)
    for seconds, result in ((0, GOOD), (60, BAD), (65, BAD), (70, BAD), (HOUR, BAD), (2 * HOUR, GOOD)):
        record(store, [judged_check(website.id, seconds, result)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(60), at(2 * HOUR))


def test_a_window_planned_by_a_person_is_not_changed(store: Session, clock_at: Callable[[float], None]) -> None:
    website = make_website(store)
    clock_at(0)
    make_window(store, website, started_at=at(HOUR))

    record(store, [judged_check(website.id, 0), judged_check(website.id, 5, BAD)])

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert (window.started_at, window.ended_at) == (at(HOUR), None)


@pytest.mark.parametrize(
    ("then", "known"),
    [
        pytest.param([(70, None), (75, GOOD)], 60, id="our own network fails"),
        pytest.param([(70, None), (75, BAD), (85, GOOD)], 70 + 10, id="it is called down after that"),
        pytest.param([(3_600, GOOD)], 60, id="nobody looks for an hour"),
        pytest.param([(3_600, BAD), (3_605, BAD), (3_610, BAD), (3_615, GOOD)], 60 + 15, id="down when somebody looks"),
        pytest.param([(70, GOOD)], 70, id="a blip"),
    ],
)
@pytest.mark.parametrize("batch", [1, 20])
def test_failures_without_an_observed_end_do_not_count_as_uptime(
    store: Session, then: list[tuple[float, ProbeResult | None]], known: float, batch: int
) -> None:
    website = make_website(store, check_interval=60)
    unknown = Verdict(status=MonitorStatus.UNKNOWN, reason="Our own network")
    told = [
        judged_check(website.id, second, result)
        if result
        else replace(judged_check(website.id, second), verdict=unknown)
        for second, result in [(0, GOOD), (60, BAD), (65, BAD), *then]
    ]

    for first in range(0, len(told), batch):
        record(store, told[first : first + batch])

    uptime = statistics.uptime(store, [website.id], since=at(0), until=at(then[-1][0]))[website.id]
    assert uptime.coverage * then[-1][0] == pytest.approx(known)
    rebuild_coverage(store)
    assert statistics.uptime(store, [website.id], since=at(0), until=at(then[-1][0]))[website.id] == uptime


def test_failures_before_a_pause_do_not_count_as_uptime(store: Session) -> None:
    website = make_website(store, check_interval=60)
    now = utc_now()
    since = (now - NOON).total_seconds() - 100
    record(
        store,
        [
            judged_check(website.id, since, GOOD),
            judged_check(website.id, since + 60, BAD),
            judged_check(website.id, since + 65, BAD),
        ],
    )

    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=False))

    uptime = statistics.uptime(store, [website.id], since=at(since), until=at(since + 100))[website.id]
    assert uptime.share == 1.0
    assert uptime.coverage == pytest.approx(0.6)


@pytest.mark.parametrize("last", [[], [(610, GOOD), (670, GOOD)]], ids=["paused", "resumed"])
def test_recalculated_known_time_ends_at_a_pause(
    store: Session, machine_time: None, last: list[tuple[float, ProbeResult]]
) -> None:
    website = make_website(store, check_interval=60)
    for seconds, result in [(0.0, GOOD), (60.0, GOOD), (120.0, BAD)]:
        record(store, [judged_check(website.id, seconds, result)])
    clock.set_clock(at(130))
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=False))
    record(store, [judged_check(website.id, 140)])  # by a worker that does not know of the pause yet
    clock.set_clock(at(600))
    if last:
        WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=True))
    clock.set_clock(at(1_000))
    for seconds, result in last:
        record(store, [judged_check(website.id, seconds, result)])
    before = statistics.uptime(store, [website.id], since=at(0), until=at(1_000))

    rebuild_coverage(store)

    assert statistics.uptime(store, [website.id], since=at(0), until=at(1_000)) == before
    assert before[website.id].coverage == pytest.approx((120 + (210 if last else 0)) / 1_000)
