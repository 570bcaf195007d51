"""Invariants of downtime windows and notifications hold after any sequence of events."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import InvalidInput, NotFound
from core.models import DowntimeWindow, MonitorCheck, MonitorStatus, Notification, NotificationEvent, Website
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.monitoring.record import record, record_once
from core.monitoring.verdict import Verdict
from core.schemas import WebsiteUpdate
from core.services import DowntimeWindowCRUD, MaintenanceWindowCRUD, WebsiteCRUD, statistics
from core.services.coverage_rebuild import rebuild_coverage
from core.services.maintenance_window import maintenance
from core.services.uptime import Uptime
from tests import sqlite
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import at, make_maintenance, make_website
from tests.probe_results import BAD, GOOD, judged_check

BLIND = Verdict(status=MonitorStatus.UNKNOWN, reason="Our own network")
WORKERS = ("a", "b")
SAID = st.sampled_from("ggbbbu")
"""What a check says: good, bad, or that our own network failed."""
TARGETS = st.sampled_from(["alone", "alone", "regional"])
LONG_AGO, FAR_AHEAD = at(-1e6), at(1e7)

Storing = Callable[[Session, Sequence[JudgedResult], Confirmation], object]


class Watch(RuleBasedStateMachine):
    """Two workers check a website without regions, its twin whose checks are never late, and a website with regions.

    Workers hold their checks while the store is unavailable, and check paused or deleted websites until they learn of
    the change.
    """

    @initialize(is_told=st.booleans(), retries=st.integers(0, 2), recoveries=st.integers(1, 2))
    def begin(self, is_told: bool, retries: int, recoveries: int) -> None:
        self.engine = sqlite.in_memory()
        self.db = Session(self.engine)
        self.needed = Confirmation(retries=retries, recoveries=recoveries, flapping_changes=0)
        self.now = 0.0
        self.is_exact = not is_told
        """Whether the twin and a rebuild of known time must still give exactly the same result."""
        self.is_clock_kept = True
        self._set_clock()
        self.website, self.twin = make_website(self.db), make_website(self.db)
        self.regional = self._make_regional()
        if is_told:
            make_rule(self.db, make_channel(self.db))
        self.held: dict[str, list[JudgedResult]] = {worker: [] for worker in WORKERS}
        self.found = 0
        self.pauses: dict[int, list[float]] = defaultdict(list)
        self.plans: list[int] = []
        self.deleted: list[int] = []

    def teardown(self) -> None:
        if hasattr(self, "db"):
            for worker in WORKERS:
                self._store(worker, len(self.held[worker]), record)
            self.what_holds()
            self._nothing_is_lost()
            self._twins_are_alike()
            self._what_is_learned_anew_is_the_same()
            self.db.close()
            self.engine.dispose()
            clock.set_clock(datetime.now(UTC))

    @property
    def watched(self) -> tuple[Website, Website, Website]:
        return self.website, self.twin, self.regional

    def _make_regional(self) -> Website:
        return make_website(self.db, regions=list(WORKERS), quorum=1)

    def _set_clock(self) -> None:
        clock.set_clock(at(self.now))

    def _move_on(self) -> None:
        self.now += 1.0
        self._set_clock()

    @rule(seconds=st.sampled_from([1.0, 5.0, 60.0, 130.0, 400.0, 700.0, 4_000.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self._set_clock()

    @rule(worker=st.sampled_from(WORKERS), said=SAID, which=TARGETS)
    def is_checked(self, worker: str, said: str, which: str) -> None:
        self._move_on()
        website = self.website if which == "alone" else self.regional
        region = worker if which == "regional" else None
        self.held[worker].append(_found(website, self.now, said, region))
        self.found += which == "alone"
        if which == "alone" and self.twin.is_active:
            record(self.db, [_found(self.twin, self.now, said, None)], self.needed)

    @rule(worker=st.sampled_from(WORKERS), count=st.integers(1, 4))
    def is_stored(self, worker: str, count: int) -> None:
        self._store(worker, count, record)

    @rule(worker=st.sampled_from(WORKERS), count=st.integers(1, 4))
    def is_stored_and_killed(self, worker: str, count: int) -> None:
        """What was stored is still held, and comes once more."""
        before = list(self.held[worker])
        self._store(worker, count, record_once)
        self.held[worker] = before
        self._store(worker, count, record_once)

    @rule(worker=st.sampled_from(WORKERS), said=SAID, which=TARGETS)
    def is_checked_now(self, worker: str, said: str, which: str) -> None:
        self.is_checked(worker, said, which)
        self._store(worker, len(self.held[worker]), record)

    @rule()
    def is_restarted(self) -> None:
        ids = [website.id for website in self.watched]
        self.db.commit()
        self.db.close()
        self.db = Session(self.engine)
        self.website, self.twin, self.regional = (self.db.get_one(Website, one) for one in ids)

    @rule()
    def one_is_deleted_and_another_added(self) -> None:
        gone, self.regional = self.regional, self._make_regional()  # first: SQLite gives an id again
        self.deleted.append(gone.id)
        WebsiteCRUD.delete(self.db, gone.id)

    def _store(self, worker: str, count: int, way: Storing) -> None:
        batch, self.held[worker] = self.held[worker][:count], self.held[worker][count:]
        way(self.db, batch, self.needed)
        self.db.flush()

    @rule(which=st.sampled_from(["alone", "regional"]))
    def is_paused_or_resumed(self, which: str) -> None:
        self._move_on()
        for website in [self.website, self.twin] if which == "alone" else [self.regional]:
            if website.is_active:
                self.pauses[website.id].append(self.now)
            WebsiteCRUD.update(self.db, website.id, WebsiteUpdate(is_active=not website.is_active))

    @rule(within=st.sampled_from([0.0, 100.0]), seconds=st.sampled_from([60, 500]))
    def maintenance_is_planned(self, within: float, seconds: int) -> None:
        self._move_on()
        for website in self.watched:
            plan = make_maintenance(
                self.db, website_id=website.id, starts_at=at(self.now + within), duration_seconds=seconds
            )
            self.plans.append(plan.id)

    @precondition(lambda self: self.plans)
    @rule()
    def maintenance_ends_early(self) -> None:
        self._move_on()
        for plan_id in self.plans:
            with suppress(InvalidInput, NotFound):  # it has not begun, is over, or went with its website
                MaintenanceWindowCRUD.end_now(self.db, plan_id, at(self.now))
        self.plans = []

    @rule(interval=st.sampled_from([20, 60, 300]))
    def interval_changes(self, interval: int) -> None:
        self.is_exact = False  # a rebuild of known time uses the current interval
        WebsiteCRUD.update(self.db, self.website.id, WebsiteUpdate(check_interval=interval, timeout=10))

    @rule(regions=st.sampled_from([["a"], ["b"], ["a", "b"]]))
    def regions_change(self, regions: list[str]) -> None:
        WebsiteCRUD.update(self.db, self.regional.id, WebsiteUpdate(regions=regions, quorum=1))

    @rule(seconds=st.sampled_from([-3_600.25, -30.125, 7_200.5]))
    def clock_is_set(self, seconds: float) -> None:
        self.is_exact = self.is_clock_kept = False
        self.now += seconds
        self._set_clock()

    @rule()
    def a_window_is_deleted(self) -> None:
        for window in DowntimeWindowCRUD.get_by_website(self.db, self.website.id, limit=1)[0]:
            self.is_exact = False
            DowntimeWindowCRUD.delete(self.db, window.id)

    @invariant()
    def what_holds(self) -> None:
        if not hasattr(self, "db"):
            return
        self.db.flush()
        self.db.expire_all()
        for website in self.watched:
            windows = sorted(DowntimeWindowCRUD.get_by_website(self.db, website.id)[0], key=lambda one: one.started_at)
            self._holds_of(website, windows)
        self._notifications_are_consistent()
        assert not list(self.db.scalars(select(MonitorCheck.id).where(MonitorCheck.website_id.in_(self.deleted))))

    def _holds_of(self, website: Website, windows: list[DowntimeWindow]) -> None:
        open_ones = [one for one in windows if one.ended_at is None]
        assert len(open_ones) <= 1, "two windows are open"
        assert website.is_active or not open_ones, "a paused website is down"
        for one in windows:
            assert one.ended_at is None or one.started_at <= one.ended_at
            assert one.affected_checks_count >= 0
        fared = self._fared(website, since=at(-10_000), until=clock.utc_now())
        assert fared.share is None or 0 <= fared.share <= 1
        assert 0 <= fared.coverage <= 1
        if not self.is_clock_kept:
            return
        for one, two in pairwise(windows):
            assert one.ended_at is not None, "a window begins while another is open"
            assert one.ended_at <= two.started_at, "windows overlap"
        self._edges_are_moments_of_checks(website, windows)

    def _edges_are_moments_of_checks(self, website: Website, windows: Sequence[DowntimeWindow]) -> None:
        failed = set(self._checked(website, [MonitorStatus.DOWN]))
        told = set(self._checked(website, list(MonitorStatus)))
        rests = maintenance(self.db, [website.id], since=LONG_AGO, until=FAR_AHEAD).get(website.id, [])
        ends = {datetime.fromtimestamp(end, UTC) for _start, end in rests}
        for one in windows:
            if website is not self.regional:
                assert one.started_at in failed | ends, "a window begins where nothing failed"
            if one.ended_at is not None and one.recovery_status != MonitorStatus.UNKNOWN:
                assert one.ended_at in told | ends, "a window ends where nothing was checked"
            if one.ended_at is not None and one.recovery_status == MonitorStatus.UNKNOWN:
                assert any(abs((one.ended_at - at(pause)).total_seconds()) < 0.9 for pause in self.pauses[website.id])

    def _checked(self, website: Website, statuses: list[MonitorStatus]) -> list[datetime]:
        query = select(MonitorCheck.checked_at).where(
            MonitorCheck.website_id == website.id, MonitorCheck.status.in_(statuses)
        )
        return list(self.db.scalars(query))

    def _notifications_are_consistent(self) -> None:
        told = list(self.db.scalars(select(Notification).order_by(Notification.id)))
        for event in (NotificationEvent.DOWN, NotificationEvent.UP):
            count = Counter(one.window_id for one in told if one.event == event)
            assert all(number == 1 for number in count.values()), "a notification is sent twice"
        down = {one.window_id for one in told if one.event == NotificationEvent.DOWN}
        up = {one.window_id for one in told if one.event == NotificationEvent.UP}
        assert up <= down, "a recovery is notified without its failure"
        if told and self.is_clock_kept:
            for window in self.db.scalars(select(DowntimeWindow)):
                if window.ended_at is None:
                    assert window.id in down, "an ongoing outage is not notified"
                if window.id in down and window.ended_at and window.recovery_status != MonitorStatus.UNKNOWN:
                    assert window.id in up, "a recovery is not notified"

    def _fared(self, website: Website, *, since: datetime, until: datetime) -> Uptime:
        return statistics.uptime(self.db, [website.id], since=since, until=until)[website.id]

    def _nothing_is_lost(self) -> None:
        query = select(func.count()).select_from(MonitorCheck).where(MonitorCheck.website_id == self.website.id)
        assert self.db.scalar(query) == self.found, "a check is lost, or there twice"

    def _twins_are_alike(self) -> None:
        if not self.is_exact:
            return
        for website in (self.website, self.twin):
            if website.is_active:
                record(self.db, [_found(website, self.now + 5, "g", None)], self.needed)
        self.now += 10
        self._set_clock()
        self.db.expire_all()
        assert self._seen(self.website) == self._seen(self.twin)

    def _seen(self, website: Website) -> tuple[object, ...]:
        windows = DowntimeWindowCRUD.get_by_website(self.db, website.id)[0]
        edges = [(one.started_at, one.ended_at and round(one.ended_at.timestamp())) for one in windows]
        fared = self._fared(website, since=at(0), until=at(self.now))
        known_seconds = round(fared.coverage * self.now)
        return edges, [one.recovery_status for one in windows], known_seconds, round(fared.down_seconds)

    def _what_is_learned_anew_is_the_same(self) -> None:
        if not self.is_exact:
            return
        before = [self._seen(website) for website in self.watched[:2]]
        rebuild_coverage(self.db)
        self.db.expire_all()
        assert [self._seen(website) for website in self.watched[:2]] == before


def _found(website: Website, moment: float, said: str, region: str | None) -> JudgedResult:
    one = judged_check(website.id, moment, BAD if said == "b" else GOOD, region=region)
    return replace(one, verdict=BLIND) if said == "u" else one


TestWatch = Watch.TestCase
TestWatch.settings = settings(
    max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
