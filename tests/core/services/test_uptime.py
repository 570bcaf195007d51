"""Uptime is a share of time: cases that counting checks gets wrong, and a slow reference on generated histories."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website
from core.schemas import MonitorCheckCreate, WebsiteUpdate
from core.services import MonitorCheckCRUD, WebsiteCRUD, coverage, retention, statistics
from core.services.coverage import VALID_INTERVALS
from core.services.coverage_rebuild import rebuild_coverage
from core.services.statistics import Uptime
from tests.conftest import Queries
from tests.factories import NOON, at, make_check, make_maintenance, make_website, make_window

UP, DOWN, DEGRADED, UNKNOWN = MonitorStatus.UP, MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN
MINUTE, HOUR, DAY = 60, 3600, 86_400


def checks_every(
    db: Session, website: Website, seconds: int, *, since: int, until: int, down: range = range(0)
) -> None:
    """Checks from *since* to *until*, each UP but those in *down*."""
    MonitorCheckCRUD.bulk_create(
        db,
        [
            MonitorCheckCreate(website_id=website.id, status=DOWN if second in down else UP, checked_at=at(second))
            for second in range(since, until, seconds)
        ],
    )


def uptime(db: Session, website: Website, since: int = 0, until: int = DAY) -> Uptime:
    return statistics.uptime(db, [website.id], since=at(since), until=at(until))[website.id]


def test_a_ten_minute_outage_with_retries_is_ten_minutes_of_the_day(store: Session) -> None:
    website = make_website(store, check_interval=20)
    checks_every(store, website, 20, since=0, until=DAY, down=range(HOUR, HOUR + 600))
    # Declared with the third retry, and back-dated to the first failed check.
    make_window(store, website, started_at=at(HOUR), ended_at=at(HOUR + 600))

    found = uptime(store, website)

    assert found.share == pytest.approx((DAY - 600) / DAY)
    assert round(100 * (found.share or 0), 3) == 99.306
    assert (found.coverage, found.down_seconds) == (1.0, 600.0)


def test_a_failure_within_the_retries_is_not_downtime(store: Session) -> None:
    website = make_website(store, check_interval=30)
    checks_every(store, website, 30, since=0, until=DAY, down=range(HOUR, HOUR + 90))

    assert uptime(store, website) == Uptime(share=1.0, coverage=1.0, down_seconds=0.0)


def test_a_day_of_maintenance_is_no_data(store: Session) -> None:
    website = make_website(store)
    checks_every(store, website, 60, since=-HOUR, until=DAY, down=range(-HOUR, DAY))
    make_window(store, website, started_at=at(-HOUR))
    make_maintenance(store, website_id=website.id, starts_at=at(-HOUR), duration_seconds=25 * HOUR)

    assert uptime(store, website) == Uptime(share=None, coverage=0.0, down_seconds=0.0)


def test_a_website_paused_after_it_went_down_is_no_data(store: Session) -> None:
    website = make_website(store)
    checks_every(store, website, 60, since=-5 * DAY, until=-4 * DAY, down=range(-4 * DAY - 600, -4 * DAY))
    make_window(store, website, started_at=at(-4 * DAY - 600))
    coverage.end(store, website.id, at(-4 * DAY))

    assert uptime(store, website) == Uptime(share=None, coverage=0.0, down_seconds=0.0)
    before = uptime(store, website, since=-5 * DAY, until=-4 * DAY)
    assert before == Uptime(share=1 - 600 / DAY, coverage=1.0, down_seconds=600.0)


def test_half_a_day_down_is_half_at_any_check_interval(store: Session) -> None:
    website = make_website(store, check_interval=60)
    checks_every(store, website, 60, since=0, until=DAY // 2)
    WebsiteCRUD.update(store, website.id, WebsiteUpdate(check_interval=3600))
    checks_every(store, website, 3600, since=DAY // 2, until=DAY, down=range(DAY // 2, DAY))
    make_window(store, website, started_at=at(DAY // 2))

    assert uptime(store, website) == Uptime(share=0.5, coverage=1.0, down_seconds=DAY / 2)


def test_without_checks_there_is_no_uptime(store: Session) -> None:
    assert uptime(store, make_website(store)) == Uptime(share=None, coverage=0.0, down_seconds=0.0)


def test_time_in_which_watchwright_was_off_is_unknown(store: Session) -> None:
    website = make_website(store, check_interval=60)
    checks_every(store, website, 60, since=0, until=HOUR)
    checks_every(store, website, 60, since=10 * HOUR, until=11 * HOUR)

    found = uptime(store, website, until=11 * HOUR)

    known = 2 * HOUR + (VALID_INTERVALS - 1) * 60  # the last check before the gap is valid for longer
    assert found.share == 1.0
    assert found.coverage == pytest.approx(known / (11 * HOUR))


def test_a_failure_of_our_own_network_is_unknown(store: Session) -> None:
    website = make_website(store, check_interval=60)
    checks_every(store, website, 60, since=0, until=600)
    make_check(store, website, status=UNKNOWN, checked_at=at(600))
    make_check(store, website, status=UNKNOWN, checked_at=at(660))
    checks_every(store, website, 60, since=720, until=1200)

    assert uptime(store, website, until=1200) == Uptime(share=1.0, coverage=0.9, down_seconds=0.0)


def test_degraded_counts_as_available(store: Session) -> None:
    website = make_website(store, check_interval=60)
    make_check(store, website, status=DEGRADED, checked_at=at(0))

    assert uptime(store, website, until=60) == Uptime(share=1.0, coverage=1.0, down_seconds=0.0)


def test_known_time_ends_with_a_pause(store: Session) -> None:
    website = make_website(store, check_interval=DAY)
    check = MonitorCheckCRUD.create(store, MonitorCheckCreate(website_id=website.id, status=UP))

    WebsiteCRUD.update(store, website.id, WebsiteUpdate(is_active=False))

    later = check.checked_at + timedelta(hours=1)
    found = statistics.uptime(store, [website.id], since=later, until=later + timedelta(hours=1))
    assert found[website.id] == Uptime(share=None, coverage=0.0, down_seconds=0.0)


def test_a_deleted_window_is_no_downtime(store: Session) -> None:
    website = make_website(store)
    checks_every(store, website, 60, since=0, until=HOUR)
    window = make_window(store, website, started_at=at(0), ended_at=at(600))
    assert uptime(store, website, until=HOUR).down_seconds == 600

    store.delete(window)
    store.flush()

    assert uptime(store, website, until=HOUR) == Uptime(share=1.0, coverage=1.0, down_seconds=0.0)


def test_a_hundred_websites_take_as_many_queries_as_one(store: Session, query_counter: Queries) -> None:
    websites = [make_website(store) for _ in range(100)]
    for website in websites:
        make_check(store, website)
    ids = [website.id for website in websites]

    counts = []
    for asked in (ids[:1], ids):
        with query_counter.counted(store.get_bind().engine) as queries:
            statistics.uptime(store, asked, since=at(0), until=at(DAY))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 5


def test_days_of_many_websites_take_as_many_queries_as_one_with_the_same_result(
    store: Session, query_counter: Queries
) -> None:
    websites = [make_website(store) for _ in range(3)]
    for number, website in enumerate(websites):
        checks_every(store, website, 3600, since=number * HOUR, until=3 * DAY)
        make_window(store, website, started_at=at(number * DAY), ended_at=at(number * DAY + HOUR))
    ids = [website.id for website in websites]
    asked: dict[str, Any] = {"first_day": NOON.date(), "last_day": NOON.date() + timedelta(days=3), "zone": UTC}

    with query_counter.counted(store.get_bind().engine) as queries:
        told = statistics.daily_uptimes(store, ids, **asked)

    assert len(queries) <= 5
    assert told == {website_id: statistics.daily_uptime(store, website_id, **asked) for website_id in ids}


def test_several_spans_take_as_many_queries_as_one_with_the_same_result(store: Session, query_counter: Queries) -> None:
    website = make_website(store, check_interval=60)
    checks_every(store, website, 60, since=0, until=DAY)
    make_window(store, website, started_at=at(DAY - 2 * HOUR), ended_at=at(DAY - HOUR // 2))
    make_window(store, website, started_at=at(HOUR), ended_at=at(2 * HOUR))
    make_maintenance(store, website_id=website.id, starts_at=at(DAY - 600), duration_seconds=300)
    spans = [timedelta(hours=hours) for hours in (1, 6, 24, 48)]

    with query_counter.counted(store.get_bind().engine) as queries:
        told = statistics.uptimes(store, [website.id], spans, until=at(DAY))

    assert len(queries) <= 5
    assert {span: told[span][website.id] for span in spans} == {
        span: uptime(store, website, since=DAY - int(span.total_seconds())) for span in spans
    }


def test_rebuilding_recalculates_known_time_and_keeps_the_part_before_the_checks(store: Session) -> None:
    website = make_website(store, check_interval=60)
    checks_every(store, website, 60, since=0, until=HOUR)
    checks_every(store, website, 60, since=2 * HOUR, until=3 * HOUR)
    make_check(store, website, status=UNKNOWN, checked_at=at(3 * HOUR))
    checks_every(store, website, 60, since=4 * HOUR, until=5 * HOUR)
    spans_of = {"since": at(-DAY), "until": at(DAY)}
    before = coverage.spans(store, [website.id], **spans_of)

    for kept_since in (0, HOUR // 2, 2 * HOUR + 30):
        retention.delete_checks(store, at(kept_since))
        rebuild_coverage(store)
        assert coverage.spans(store, [website.id], **spans_of) == before


def test_rebuilding_includes_checks_inserted_without_the_service(store: Session) -> None:
    website = make_website(store, check_interval=60)
    store.add_all([MonitorCheck(website_id=website.id, status=UP, checked_at=at(second)) for second in (0, 60, 120)])
    store.flush()
    assert uptime(store, website, until=180).share is None

    rebuild_coverage(store, [website.id])

    assert uptime(store, website, until=180) == Uptime(share=1.0, coverage=1.0, down_seconds=0.0)


def test_days_follow_the_time_zone_of_the_reader(store: Session) -> None:
    website = make_website(store)
    checks_every(store, website, 60, since=-13 * HOUR, until=36 * HOUR)
    make_window(store, website, started_at=at(11 * HOUR), ended_at=at(13 * HOUR))  # midnight in UTC is at 12 h
    day = NOON.date()

    in_utc = statistics.daily_uptime(store, website.id, first_day=day, last_day=day + timedelta(days=1), zone=UTC)
    further_east = statistics.daily_uptime(
        store, website.id, first_day=day, last_day=day, zone=timezone(timedelta(hours=2))
    )

    assert [one.day for one in in_utc] == [day, day + timedelta(days=1)]
    assert [one.down_seconds for one in in_utc] == [HOUR, HOUR]
    assert [(one.coverage, one.known_seconds) for one in in_utc] == [(1.0, DAY), (1.0, DAY)]
    assert in_utc[0].share == pytest.approx(23 / 24)
    assert (further_east[0].down_seconds, further_east[0].share) == (0.0, 1.0)


def test_a_day_on_which_clocks_change_has_its_real_hours(store: Session) -> None:
    website = make_website(store)
    sunday = date(2026, 3, 29)  # 23 hours long in Berlin
    start = datetime(2026, 3, 28, 23, tzinfo=UTC)
    MonitorCheckCRUD.bulk_create(
        store,
        [
            MonitorCheckCreate(website_id=website.id, status=UP, checked_at=start + timedelta(minutes=minute))
            for minute in range(23 * 60)
        ],
    )

    (day,) = statistics.daily_uptime(
        store, website.id, first_day=sunday, last_day=sunday, zone=ZoneInfo("Europe/Berlin")
    )

    assert (day.share, day.coverage) == (1.0, 1.0)


def test_today_counts_until_now_and_tomorrow_does_not_count(store: Session) -> None:
    website = make_website(store, check_interval=DAY)
    today = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    make_check(store, website, checked_at=today - timedelta(hours=1))

    days = statistics.daily_uptime(
        store, website.id, first_day=today.date(), last_day=today.date() + timedelta(days=1), zone=UTC
    )

    assert [(day.share, day.coverage) for day in days] == [(1.0, 1.0), (None, 0.0)]


def test_buckets_are_the_time_in_each_status(store: Session) -> None:
    website = make_website(store)
    checks_every(store, website, 60, since=-600, until=600)
    make_check(store, website, status=DEGRADED, checked_at=at(600))
    make_check(store, website, status=DEGRADED, checked_at=at(660))
    checks_every(store, website, 60, since=720, until=1500, down=range(900, 1200))
    make_window(store, website, started_at=at(900), ended_at=at(1200))
    make_maintenance(store, website_id=website.id, starts_at=at(1200), duration_seconds=60)

    (found,) = statistics.status_buckets(store, [website.id], since=at(0), until=at(1800), count=3).values()

    assert [(one.up, one.degraded, one.down, one.unknown) for one in found] == [
        (600, 0, 0, 0),
        (180, 120, 300, 0),
        (1500 - 1200 - 60 + 90, 0, 0, 1800 - 1500 - 90 + 60),
    ]
    assert [one.started_at for one in found] == [at(0), at(600), at(1200)]


@dataclass(frozen=True)
class Seen:
    """A check of a made-up history: its second and its verdict."""

    second: int
    status: MonitorStatus


HISTORIES = st.lists(
    st.builds(Seen, st.integers(0, 400), st.sampled_from([UP, UP, DOWN, DEGRADED, UNKNOWN])),
    unique_by=lambda seen: seen.second,
    max_size=25,
)
WINDOWS = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 100)), max_size=4)
INTERVAL, TRUST = 8, 20  # seconds; the second is VALID_INTERVALS of the first


def _doubtful_from(history: list[Seen]) -> int:
    """Where the last stretch of known time begins, if the website failed in all of it."""
    stretch: list[Seen] = []
    for seen in sorted(history, key=lambda seen: seen.second):
        if stretch and (stretch[-1].status == UNKNOWN or seen.second - stretch[-1].second > TRUST):
            stretch = []
        stretch = [seen] if seen.status == UNKNOWN else [*stretch, seen]
    is_doubtful = stretch and all(seen.status == DOWN for seen in stretch)
    return stretch[0].second if is_doubtful else 1_000


def _reference(history: list[Seen], windows: list[tuple[int, int]], since: int, until: int) -> Uptime:
    """Second by second: whether a check speaks for it, and whether a window lies on it."""
    known = down = 0
    for second in range(since, min(until, _doubtful_from(history))):
        said = [seen for seen in history if seen.second <= second]
        latest = max(said, key=lambda seen: seen.second, default=None)
        if latest is None or latest.status == UNKNOWN or second - latest.second >= TRUST:
            continue
        known += 1
        down += any(start <= second < start + length for start, length in windows)
    share = (known - down) / known if known else None
    return Uptime(share=share, coverage=known / (until - since), down_seconds=float(down))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, WINDOWS, st.integers(0, 200), st.integers(1, 300), st.integers(1, 7))
def test_uptime_equals_counting_every_second(
    db: Session, history: list[Seen], windows: list[tuple[int, int]], since: int, length: int, batch: int
) -> None:
    website = make_website(db, check_interval=INTERVAL)
    in_order = sorted(history, key=lambda seen: seen.second)
    for first in range(0, len(in_order), batch):
        _store(db, website, in_order[first : first + batch])
    for start, seconds in windows:
        make_window(db, website, started_at=at(start), ended_at=at(start + seconds))

    _assert_same(uptime(db, website, since, since + length), _reference(history, windows, since, since + length))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES, st.integers(1, 7))
def test_late_checks_add_the_same_known_time_as_punctual_ones(db: Session, history: list[Seen], batch: int) -> None:
    website = make_website(db, check_interval=INTERVAL)
    history = [*history, Seen(401, UP)]  # `core.monitoring.late_checks` mends what is said of a failure that lasts
    for first in range(0, len(history), batch):  # in the order that hypothesis made up
        _store(db, website, history[first : first + batch])

    found, expected = uptime(db, website, 0, 450), _reference(history, [], 0, 450)

    _assert_same(found, expected)


def _store(db: Session, website: Website, seen: list[Seen]) -> None:
    MonitorCheckCRUD.bulk_create(
        db,
        [MonitorCheckCreate(website_id=website.id, status=one.status, checked_at=at(one.second)) for one in seen],
    )


def _assert_same(found: Uptime, expected: Uptime) -> None:
    assert found.coverage == pytest.approx(expected.coverage, abs=1e-6)
    assert found.down_seconds == pytest.approx(expected.down_seconds, abs=1e-4)
    assert found.share == pytest.approx(expected.share, abs=1e-6)


def test_the_future_is_unknown(store: Session) -> None:
    now, website = utc_now(), make_website(store, check_interval=600)
    MonitorCheckCRUD.bulk_create(
        store,
        [MonitorCheckCreate(website_id=website.id, status=UP, checked_at=now - timedelta(seconds=300))],
    )

    both = timedelta(seconds=600)
    found = statistics.uptime(store, [website.id], since=now - both, until=now + both)[website.id]
    later = statistics.uptime(store, [website.id], since=now + both, until=now + 2 * both)[website.id]

    assert found.share == 1.0
    assert found.coverage == pytest.approx(0.25, abs=0.01)
    assert (later.share, later.coverage) == (None, 0.0)


def test_failures_of_a_website_that_never_answered_are_unknown_until_a_window_opens(store: Session) -> None:
    website = make_website(store)
    for second in (0, 5, 10):
        make_check(store, website, status=DOWN, checked_at=at(second))
    not_yet = uptime(store, website, since=-60, until=15)

    make_window(store, website, started_at=at(0))

    assert not_yet == Uptime(share=None, coverage=0.0, down_seconds=0.0)
    assert uptime(store, website, since=-60, until=15) == Uptime(share=0.0, coverage=0.2, down_seconds=15.0)


def test_a_website_that_never_answered_does_not_count_as_up_when_paused(store: Session) -> None:
    website = make_website(store)
    for second in (0, 5):
        make_check(store, website, status=DOWN, checked_at=at(second))

    coverage.end(store, website.id, at(8))

    assert uptime(store, website, since=-60, until=60).share is None
