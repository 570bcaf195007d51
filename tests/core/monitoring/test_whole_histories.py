"""Downtime and uptime match a slow reference on generated histories.

Histories contain good, failed and UNKNOWN checks, late checks, pauses, maintenance and deleted checks.
"""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core import clock
from core.models import MonitorStatus, Website
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.monitoring.record import record
from core.monitoring.verdict import Verdict
from core.schemas import WebsiteUpdate
from core.services import DowntimeWindowCRUD, WebsiteCRUD, retention, statistics
from core.services.coverage_rebuild import rebuild_coverage
from tests.factories import at, make_maintenance, make_website
from tests.probe_results import BAD, GOOD, judged_check

INTERVAL, TRUST, TOGETHER = 60, 150, 600
BLIND = Verdict(status=MonitorStatus.UNKNOWN, reason="Our own network")


@dataclass(frozen=True)
class Story:
    steps: list[tuple[int, str, int]]
    """Seconds after the one before; g, b or u of a check, p of a pause, r of its end; and how many steps late it is."""
    retries: int
    recoveries: int
    maintenance: tuple[int, int]
    """From when, and for how long; 0 for none."""

    @property
    def moments(self) -> list[tuple[int, str, int]]:
        """The steps with when they are; also of checks in a pause, by a worker that has not heard of it."""
        moment, is_paused, told = 0, False, []
        for seconds, what, late in self.steps:
            moment += seconds
            if what in "pr":
                if is_paused == (what == "p"):
                    continue
                is_paused = what == "p"
            elif is_paused:
                if late:
                    told.append((moment, f"in a pause: {what}", late))
                continue
            told.append((moment, what, late))
        return told

    @property
    def watched(self) -> list[tuple[int, str, int]]:
        """Those that tell of the website."""
        return [one for one in self.moments if len(one[1]) == 1]


STORIES = st.builds(
    Story,
    steps=st.lists(
        st.tuples(
            st.sampled_from([1, 5, 60, 200, 700, 4000]), st.sampled_from("gggbbbbupr"), st.sampled_from([0, 0, 0, 1, 3])
        ),
        min_size=2,
        max_size=20,
    ),
    retries=st.integers(0, 2),
    recoveries=st.integers(1, 2),
    maintenance=st.tuples(st.integers(0, 1500), st.sampled_from([0, 0, 60, 400])),
)


@dataclass
class Reference:
    """What is true of a story."""

    story: Story
    windows: list[list[float]] = field(default_factory=list)
    spoken: list[tuple[int, int]] = field(default_factory=list)
    """The time that checks cover."""
    doubtful: list[tuple[int, int]] = field(default_factory=list)
    """Runs of failures that were never confirmed."""
    failing_since: int | None = None
    """The start of a failure at the end that has no window."""
    run: list[int] = field(default_factory=list)
    kind: str = ""
    opened: float | None = None

    def __post_init__(self) -> None:
        moments = self.story.watched
        ends = [moment for moment, _what, _late in moments[1:]] + [moments[-1][0] + TRUST]
        for (moment, what, _late), following in zip(moments, ends, strict=True):
            if what in "gb":
                self.spoken.append((moment, min(moment + TRUST, following)))
                self._check(what, moment)
            if what == "p":
                self._end_run(moment)
                if self.opened is not None:
                    self.windows.append([self.opened, moment])
                self.kind, self.opened = "", None
        if self.opened is not None:
            self.windows.append([self.opened, float("inf")])
        elif self.kind == "b" and moments[-1][1] != "u":  # else it is not over yet
            self.failing_since = self.run[0]

    def _check(self, what: str, moment: int) -> None:
        if what != self.kind or moment - self.run[-1] > TOGETHER:
            self._end_run(moment)
            self.kind, self.run = what, []
        self.run.append(moment)
        if what == "b" and self.opened is None:
            self.opened = self._down_since(self.run, moment)
        elif what == "g" and self.opened is not None and len(self.run) >= self.story.recoveries:
            self.windows.append([self.opened, max(self.run[0], self.opened)])
            self.opened = None

    def _down_since(self, run: list[int], moment: int) -> float | None:
        start, length = self.story.maintenance
        if length and start <= moment < start + length:
            return None
        if len(run) <= self.story.retries:
            return None
        return max(run[0], start + length) if length and run[0] < start + length <= moment else run[0]

    def _end_run(self, moment: int) -> None:
        was_down = self.opened is not None or any(end > self.run[0] for _start, end in self.windows if self.run)
        if self.kind == "b" and not was_down:
            self.doubtful.append((self.run[0], moment))


def seconds_of(story: Story, told: Reference, until: int) -> tuple[int, int]:
    """How many seconds are known, and how many of them down."""
    start, length = story.maintenance
    known = {second for since, end in told.spoken for second in range(since, end)}
    whole = set(known)
    pauses = {moment for moment, what, _late in story.watched if what == "p"}
    for since, end in told.doubtful:  # nothing is known up to where nobody looked any more
        silent = {one for one in range(since + 1, end + 1) if one - 1 in whole and (one not in whole or one in pauses)}
        known -= set(range(since, max(silent, default=since)))
    if told.failing_since is not None and whole:
        first = max(whole)
        while first - 1 in whole and first not in pauses:
            first -= 1
        if first >= told.failing_since:  # it has failed ever since somebody looked
            known -= set(range(first, max(whole) + 1))
    known -= set(range(start, start + length))
    down = {second for second in known if any(since <= second < end for since, end in told.windows)}
    return len([second for second in known if second < until]), len([second for second in down if second < until])


def play(db: Session, website: Website, story: Story) -> None:
    needed = Confirmation(retries=story.retries, recoveries=story.recoveries, flapping_changes=0)
    held: list[tuple[int, JudgedResult]] = []

    def store(number: float) -> None:
        ready = [one for due, one in held if due <= number]
        held[:] = [(due, one) for due, one in held if due > number]
        record(db, ready, needed)

    for number, (moment, what, late) in enumerate(story.moments):
        clock.set_clock(at(moment))
        if what in "pr":
            WebsiteCRUD.update(db, website.id, WebsiteUpdate(is_active=what == "r"))
        else:
            one = judged_check(website.id, moment, BAD if what[-1] == "b" else GOOD)
            held.append((number + late, replace(one, verdict=BLIND) if what[-1] == "u" else one))
        store(number)
    store(float("inf"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(story=STORIES.filter(lambda story: bool(story.watched)))
def test_a_history_matches_a_slow_reference(store: Session, machine_time: None, story: Story) -> None:
    website = make_website(store, check_interval=INTERVAL)
    start, length = story.maintenance
    if length:
        make_maintenance(store, website_id=website.id, starts_at=at(start), duration_seconds=length)
    clock.set_clock(at(0))

    play(store, website, story)

    told = Reference(story)
    until = story.moments[-1][0]
    clock.set_clock(at(until + 1_000))
    store.expire_all()
    windows = [
        [
            (one.started_at - at(0)).total_seconds(),
            (one.ended_at - at(0)).total_seconds() if one.ended_at else float("inf"),
        ]
        for one in reversed(DowntimeWindowCRUD.get_by_website(store, website.id)[0])
    ]
    assert windows == [[pytest.approx(edge, abs=0.5) for edge in window] for window in told.windows]
    known, down = seconds_of(story, told, until)
    uptime = statistics.uptime(store, [website.id], since=at(0), until=at(until))[website.id]
    assert uptime.coverage * until == pytest.approx(known, abs=1)
    assert uptime.down_seconds == pytest.approx(down, abs=1)
    rebuild_coverage(store)
    assert statistics.uptime(store, [website.id], since=at(0), until=at(until))[website.id] == uptime
    retention.delete_checks(store, at(until + 10_000))
    assert statistics.uptime(store, [website.id], since=at(0), until=at(until))[website.id] == uptime
