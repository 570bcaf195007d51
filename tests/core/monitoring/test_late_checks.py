"""Downtime windows are correct in whatever order workers store their checks."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core import clock
from core.models import DowntimeWindow, MonitorStatus, NotificationState, Website
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.monitoring.record import record
from core.monitoring.verdict import Verdict
from core.schemas import WebsiteUpdate
from core.services import DowntimeWindowCRUD, NotificationCRUD, WebsiteCRUD, statistics
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import at, make_maintenance, make_website
from tests.probe_results import BAD, GOOD, judged_check

OUTAGE = ((0, GOOD), (20, BAD), (25, BAD), (30, BAD), (35, BAD), (40, GOOD))


def store_in_parts(db: Session, website: Website, *parts: list[int]) -> list[DowntimeWindow]:
    """Store each of *parts* of the outage, by number, in a transaction of its own; the windows after that."""
    for part in parts:
        record(db, [judged_check(website.id, OUTAGE[number][0], OUTAGE[number][1]) for number in part])
    return DowntimeWindowCRUD.get_by_website(db, website.id)[0]


@pytest.mark.parametrize("parts", list(permutations(([0, 1, 3], [2, 4], [5]))), ids=str)
def test_an_outage_is_one_window_in_any_order_of_storing(store: Session, parts: tuple[list[int], ...]) -> None:
    (window,) = store_in_parts(store, make_website(store), *parts)

    assert (window.started_at, window.ended_at) == (at(20), at(40))


SEEN_BY_TWO = [(0, "a", BAD), (1, "b", BAD), (5, "a", BAD), (6, "b", BAD), (10, "a", BAD), (11, "b", BAD),
               (20, "a", GOOD), (21, "b", GOOD)]  # fmt: skip


@pytest.mark.parametrize("parts", list(permutations(([0, 3, 4, 6], [1, 2], [5, 7]))), ids=str)
def test_an_outage_seen_by_regions_is_one_window_in_any_order_of_storing(
    store: Session, parts: tuple[list[int], ...]
) -> None:
    website = make_website(store, regions=["a", "b"], quorum=2)

    for part in parts:
        record(
            store,
            [
                judged_check(website.id, at_, how, region=region)
                for at_, region, how in map(SEEN_BY_TWO.__getitem__, part)
            ],
        )

    (window,), _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    store.refresh(window)
    assert (window.started_at, window.ended_at) == (at(1), at(20))


def test_late_checks_can_take_a_failing_website_down(store: Session) -> None:
    (window,) = store_in_parts(store, make_website(store), [0, 2, 4], [1])

    assert (window.started_at, window.ended_at, window.affected_checks_count) == (at(20), None, 3)


def test_a_late_check_moves_the_start_of_an_open_window(store: Session) -> None:
    (window,) = store_in_parts(store, make_website(store), [0, 2, 3, 4], [1])

    store.refresh(window)
    assert (window.started_at, window.ended_at) == (at(20), None)


def test_a_window_ends_at_a_first_good_check_that_is_stored_late(store: Session) -> None:
    website = make_website(store)
    (window,) = store_in_parts(store, website, [0, 1, 2, 3, 4])
    record(store, [judged_check(website.id, 60)])
    store.expire_all()

    record(store, [judged_check(website.id, 40)])

    store.refresh(window)
    assert (window.ended_at, window.duration_seconds) == (at(40), 20)


def test_a_late_failure_within_the_retries_opens_no_window(store: Session) -> None:
    assert store_in_parts(store, make_website(store), [0, 5], [1, 2]) == []


def test_late_failures_in_maintenance_open_no_window(store: Session) -> None:
    website = make_website(store)
    make_maintenance(store, starts_at=at(10), duration_seconds=60)

    assert store_in_parts(store, website, [0, 5], [1, 2, 3, 4]) == []


def test_a_deleted_window_is_not_opened_again_by_late_checks(store: Session) -> None:
    website = make_website(store)
    (window,) = store_in_parts(store, website, [0, 1, 2, 3, 4, 5])
    DowntimeWindowCRUD.delete(store, window.id)

    record(store, [judged_check(website.id, 60), judged_check(website.id, 50, BAD)])

    assert DowntimeWindowCRUD.get_by_website(store, website.id)[1] == 0


@pytest.mark.parametrize(("state", "is_kept"), [(NotificationState.SENT, True), (NotificationState.PENDING, False)])
def test_an_announced_window_is_kept_when_a_late_check_refutes_it(
    store: Session, state: NotificationState, is_kept: bool
) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store))
    record(store, [judged_check(website.id, 0), *[judged_check(website.id, second, BAD) for second in (10, 20, 30)]])
    (told,) = NotificationCRUD.get_all(store)[0]
    told.state = state
    store.flush()

    record(store, [judged_check(website.id, 15)])

    windows, _total = DowntimeWindowCRUD.get_by_website(store, website.id)
    assert [window.ended_at for window in windows] == [None] * is_kept
    (recorded,) = record(store, [judged_check(website.id, 40)])
    assert (recorded.transition is not None) is is_kept


def pause_from(db: Session, website: Website, since: float, until: float | None = None) -> None:
    for moment, is_active in ((since, False), (until, True)):
        if moment is not None:
            clock.set_clock(at(moment))
            WebsiteCRUD.update(db, website.id, WebsiteUpdate(is_active=is_active))


def edges(db: Session, website: Website) -> list[tuple[float, float | None]]:
    """From when to when it was down, in whole seconds."""
    windows = reversed(DowntimeWindowCRUD.get_by_website(db, website.id)[0])
    return [(_seconds(one.started_at), _seconds(one.ended_at) if one.ended_at else None) for one in windows]


def _seconds(moment: datetime) -> int:
    return round((moment - at(0)).total_seconds())


@pytest.mark.parametrize("region", [None, "a"])
@pytest.mark.parametrize("resumed_at", [None, 90])
def test_a_late_failure_before_a_pause_opens_a_window_up_to_the_pause(
    store: Session, machine_time: None, region: str | None, resumed_at: float | None
) -> None:
    website = make_website(store, regions=[region] if region else None)
    record(store, [judged_check(website.id, 0, GOOD, region=region)])
    pause_from(store, website, 60, resumed_at)

    told = record(store, [judged_check(website.id, moment, BAD, region=region) for moment in (20, 25, 30, 70, 75, 80)])

    assert edges(store, website) == [(20, 60)]
    assert [one.transition for one in told] == [None] * 6


def test_failures_before_a_pause_count_as_unknown_after_a_late_good_check(store: Session, machine_time: None) -> None:
    website = make_website(store)
    record(store, [judged_check(website.id, moment, BAD) for moment in (0, 20)], Confirmation(retries=1))
    pause_from(store, website, 60)

    record(store, [judged_check(website.id, 10, GOOD)], Confirmation(retries=1))

    assert edges(store, website) == []
    fared = statistics.uptime(store, [website.id], since=at(0), until=at(100))[website.id]
    assert (fared.share, round(fared.coverage, 2)) == (1.0, 0.2)


@pytest.mark.parametrize("region", [None, "a"])
def test_late_checks_open_a_window_for_an_outage_after_a_pause(
    store: Session, machine_time: None, region: str | None
) -> None:
    website = make_website(store, regions=[region] if region else None)
    record(store, [judged_check(website.id, moment, BAD, region=region) for moment in (0, 5)])
    pause_from(store, website, 10, 20)
    clock.set_clock(at(60))
    record(store, [judged_check(website.id, 50, GOOD, region=region)])

    record(store, [judged_check(website.id, moment, BAD, region=region) for moment in (30, 35, 40)])

    assert edges(store, website) == [(30, 50)]


@dataclass(frozen=True)
class Told:
    """All that is said of a website's downtime."""

    windows: list[tuple[Any, ...]]
    failing: tuple[bool, int | None]
    uptime: tuple[float | None, float, float]


def told_of(db: Session, website: Website, until: datetime) -> Told:
    db.expire_all()
    windows = DowntimeWindowCRUD.get_by_website(db, website.id)[0]
    state = statistics.current_states(db, [website.id])[website.id]
    fared = statistics.uptime(db, [website.id], since=at(0), until=until)[website.id]
    return Told(
        windows=[
            (one.started_at, one.ended_at, one.duration_seconds, one.affected_checks_count, one.recovery_status)
            for one in windows
        ],
        failing=(state.failing_since is not None, state.run_checks),
        uptime=(fared.share and round(fared.share, 9), round(fared.coverage, 9), round(fared.down_seconds, 3)),
    )


@dataclass(frozen=True)
class History:
    """Checks with the number of the worker that made each, and in which order workers store theirs."""

    checks: list[tuple[int, str, int]]
    """Seconds after the one before, what it says, and the worker."""
    order: list[int]
    retries: int
    recoveries: int


HISTORIES = st.builds(
    History,
    checks=st.lists(
        st.tuples(st.sampled_from([1, 5, 60, 300, 700]), st.sampled_from("ggbbbu"), st.integers(0, 2)),
        min_size=2,
        max_size=14,
    ),
    order=st.lists(st.integers(0, 2), max_size=14),
    retries=st.integers(0, 3),
    recoveries=st.integers(1, 2),
)


def results_of(website: Website, history: History, region: bool = False) -> list[tuple[int, JudgedResult]]:
    moment, found_by = 0, []
    for seconds, said, worker in history.checks:
        moment += seconds
        one = judged_check(website.id, moment, BAD if said == "b" else GOOD, region="abc"[worker] if region else None)
        if said == "u":
            one = replace(one, verdict=Verdict(status=MonitorStatus.UNKNOWN, reason="Our own network"))
        found_by.append((worker, one))
    return found_by


def in_parts(results: list[tuple[int, JudgedResult]], order: list[int]) -> list[JudgedResult]:
    """*results*, each worker's in order, the workers' as *order* has them."""
    waiting = {worker: [one for by, one in results if by == worker] for worker in range(3)}
    stored = [waiting[worker].pop(0) for worker in order if waiting[worker]]
    return [*stored, *(one for worker in range(3) for one in waiting[worker])]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, is_maintained=st.booleans(), together=st.integers(1, 4))
def test_a_history_has_the_same_result_in_any_order_of_storing(
    store: Session, history: History, is_maintained: bool, together: int
) -> None:
    in_order, in_any = make_website(store), make_website(store)
    needed = Confirmation(retries=history.retries, recoveries=history.recoveries, flapping_changes=0)
    for website in (in_order, in_any):
        if is_maintained:
            make_maintenance(store, website_id=website.id, starts_at=at(100), duration_seconds=400)

    for _worker, one in results_of(in_order, history):
        record(store, [one], needed)
    parts = in_parts(results_of(in_any, history), history.order)
    for number in range(0, len(parts), together):
        record(store, parts[number : number + together], needed)

    until = at(sum(seconds for seconds, _said, _worker in history.checks))
    assert told_of(store, in_any, until) == told_of(store, in_order, until)
