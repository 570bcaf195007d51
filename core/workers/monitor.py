"""Checks every active website on its interval and stores the results."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import signals, tracing
from core.addresses import MayConnect
from core.background import Background, until_set
from core.clock import BUILT, utc_now
from core.database import in_session
from core.models import MonitorStatus, Website
from core.monitoring.judged_result import JudgedResult, Recorded, abandoned_check
from core.monitoring.probe import Prober, ProbeResult, ProbeTarget
from core.monitoring.schedule import brought_forward, first_plan, with_interval
from core.monitoring.verdict import Policy, judge
from core.services import changes
from core.services.maintenance_window import running
from core.services.rows import require_row
from core.workers.agenda import Agenda, AnyAgenda
from core.workers.check_span import span_of
from core.workers.check_writer import CheckWriter
from core.workers.failure_policy import FailurePolicy
from core.workers.own_network_guard import OwnNetworkGuard
from core.workers.running_checks import Check, RunningChecks, make_room
from core.workers.watched_websites import WatchedWebsite, WatchedWebsites, last_checked, read_anew

logger = logging.getLogger(__name__)

STORE_POLL_SECONDS = 2.0  # between two polls for websites that another process added, changed or paused
CHANGED_SECONDS = 1.0  # a website with changed settings is due within this time, for one worker of a fleet
CANARY_TIMEOUT_SECONDS = 5.0
DECIDE_SECONDS = 0.1  # between two decisions about our own network, while a failure is held
IDLE_SECONDS = 1.0  # the longest sleep, because timers are unreliable after a machine was suspended
UNREAD = "The database cannot be read, so changes to websites have no effect yet. Checks continue. See the log."
UNSET = "This machine's clock is earlier than Watchwright's build date. Set the clock. Until then all times are wrong."
NOTHING_READ = "The database cannot be read, so no website is checked. See the log."
GAP_SECONDS = 0.8  # between two batches of good results. Each batch wakes the loop, and pages should show a check
# within a second of its end


class Monitor:
    """Runs the loop from due websites to stored checks. One per store, or one of a fleet that shares an agenda.

    The agenda says which website is due. Its check runs (`RunningChecks`) and is judged. A failure is held while our
    own network may be the cause (`OwnNetworkGuard`). The check is then stored (`CheckWriter`), and a failing website is
    due again soon. The monitor also follows changes of websites that other processes make.
    """

    def __init__(
        self,
        folder: Path,
        policy: FailurePolicy | None = None,
        expectations: Policy | None = None,
        *,
        may_connect: MayConnect | None = None,
        agenda: AnyAgenda | None = None,
        region: str | None = None,
    ) -> None:
        """*folder* holds checks while the store is unavailable.

        *region* is the region of a worker in a fleet, or empty without one; None for a monitor that checks every
        website.
        """
        self._policy = policy = policy or FailurePolicy()
        self._expectations = expectations or Policy()
        self._prober = Prober(may_connect, gap_seconds=GAP_SECONDS)
        self._known = WatchedWebsites()
        self._has_read = False
        self._is_unread = False
        """Whether the last attempt to read the websites failed."""
        self._agenda = agenda or Agenda()
        self._region = region
        self._running = RunningChecks(self._prober.begin, self._take, make_room())
        self._writer = CheckWriter(folder, policy.confirmation, self._on_failing, self._agenda.settle_all)
        ask_canaries = self._start_asking_canaries if policy.canaries else None
        self._guard = OwnNetworkGuard(self._writer.keep, self._check_all_soon, ask_canaries=ask_canaries)
        self._agenda.is_fit = lambda: self._guard.trouble is None
        self._agenda.on_news = self._run_soon
        self._agenda.on_given_up = self._give_up
        self._asking: asyncio.Task[None] | None = None
        self._something_new = asyncio.Event()
        self._next_run: asyncio.TimerHandle | None = None
        self._is_stopping = False
        self._background = Background()

    async def start(self) -> None:
        """Start checking; returns once the prober is ready."""
        await self._prober.__aenter__()
        self._writer.start()
        self._background.subscribe(signals.website_changed, self._on_website_changed)
        self._background.keep_running(self._watch_store, "monitor: websites")
        await self._agenda.start()
        self._run_due()

    async def stop(self) -> None:
        """Stop all checks. Completed checks are stored first, if the store is available."""
        await self._agenda.stop()
        await self._background.stop()
        self._is_stopping = True
        if self._next_run is not None:
            self._next_run.cancel()
        await self._prober.deliver_now()
        self._running.stop()
        self._guard.stop()
        await self._writer.stop()
        await self._prober.__aexit__(None, None, None)

    @property
    def trouble(self) -> str | None:
        """What prevents checks or their storage, in sentences; None if nothing does."""
        unread = UNREAD if self._known.watched else NOTHING_READ
        store = self._writer.trouble or (unread if self._is_unread else None)
        unset = UNSET if utc_now() < BUILT else None
        return " ".join(filter(None, (store, unset, self._guard.trouble, self._agenda.trouble))) or None

    @property
    def is_cut_off(self) -> bool:
        """Whether our own network seems to be down."""
        return self._guard.trouble is not None

    async def check_now(self, website_id: int) -> None:
        """Check a website at once, regardless of its schedule; returns when the check is done.

        Raises:
            NotFound: The website does not exist.
        """
        website = await in_session(require_row, Website, website_id)
        watched = WatchedWebsite.of(website, self._region)
        self._leave_out(watched)
        await self._running.check_now(watched)

    def _on_website_changed(self, _fact: signals.WebsiteChanged) -> None:
        self._something_new.set()

    async def _watch_store(self) -> None:
        seen: object = None
        while True:
            is_told = self._something_new.is_set()
            self._something_new.clear()
            try:
                found, self._guard.resting = await in_session(_changes_and_maintenance)
                if is_told or found != seen:  # reading thousands of websites every time would cost more than checks
                    await self._read_websites()
                    seen = found
                self._is_unread = False
            except SQLAlchemyError as error:
                self._is_unread = True
                reason = {"reason": str(error)}
                logger.warning("cannot read the websites; checking those known so far", extra=reason)
            await until_set(self._something_new, STORE_POLL_SECONDS)

    async def _read_websites(self) -> None:
        known = await in_session(read_anew, self._known, self._region)
        checked_at: dict[int, datetime] = {}  # empty: resumed and new websites are due at once
        if not self._has_read:
            checked_at = await in_session(last_checked, known.watched.keys())
        before, self._known, self._has_read = self._known.watched, known, True
        self._plan(checked_at)
        for website_id, watched in known.watched.items():
            if website_id in before and watched.asks_otherwise_than(before[website_id]):
                self._leave_out(watched)
                self._guard.forget(website_id)
                self._check_soon(website_id, CHANGED_SECONDS)

    def _leave_out(self, watched: WatchedWebsite) -> None:
        """Discard the check in progress if it uses outdated settings."""
        check = self._running.discard_outdated(watched)
        if check is not None and check.plan is not None:
            self._agenda.settle(watched.website_id, check.plan.slot)

    def _plan(self, checked_at: dict[int, datetime]) -> None:
        now = monotonic()
        kept = {website_id: plan for website_id in self._known.watched if (plan := self._agenda.get(website_id))}
        new = sorted(self._known.watched.keys() - kept.keys())
        plans = [
            with_interval(plan, self._known.watched[website_id].interval_seconds, now=now)
            for website_id, plan in kept.items()
        ]
        for order, website_id in enumerate(new):
            last = checked_at.get(website_id)
            plan = first_plan(
                website_id,
                self._known.watched[website_id].interval_seconds,
                now=now,
                seconds_since_check=None if last is None else (utc_now() - last).total_seconds(),
                place=order / len(new),
            )
            plans.append(plan)
        self._agenda.set(plans)
        self._guard.forget_all_but(self._known.watched)

    def _run_due(self) -> None:
        """Start due checks, and schedule the next call."""
        self._next_run = None
        try:
            self._start_due(monotonic())
            self._prober.look_for_flood()
            if self._guard.is_busy:
                self._guard.decide(monotonic())
        finally:
            longest = DECIDE_SECONDS if self._guard.is_busy else IDLE_SECONDS
            self._run_within(min(max(self._agenda.idle_seconds(monotonic()), 0.001), longest))

    def _run_soon(self) -> None:
        self._run_within(0.0)

    def _run_within(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if self._is_stopping or (self._next_run is not None and self._next_run.when() <= loop.time() + seconds):
            return
        if self._next_run is not None:
            self._next_run.cancel()
        self._next_run = loop.call_later(seconds, self._run_due)

    def _start_due(self, now: float) -> None:
        while (plan := self._agenda.take(now)) is not None:
            if not self._running.begin(self._known.watched[plan.website_id], plan):
                self._agenda.settle(plan.website_id, plan.slot)  # a requested check of it is in progress

    def _take(self, check: Check, result: ProbeResult) -> None:
        watched = check.watched
        judged = JudgedResult(
            website_id=watched.website_id,
            result=result.without_content(),
            verdict=judge(result, self._expectations.of(watched.url, watched.options)),
            lag_ms=None if check.was_due_at is None else _lag_ms(result.started_at - check.was_due_at),
            due_at=check.plan.slot if check.plan else None,
            region=watched.region,
        )
        if tracing.is_on():
            tracing.tell(span_of(judged))
        if judged.verdict.status is MonitorStatus.UNKNOWN:  # because our clock is wrong, which may change soon
            self._check_soon(watched.website_id, self._policy.retry_seconds)
        self._guard.take(judged, watched.host, began_at=check.began_at, ended_at=monotonic())
        if self._guard.is_busy:
            self._run_soon()

    def _give_up(self, website_id: int, slot: datetime) -> None:
        """Store an UNKNOWN check for a website whose checks kill workers."""
        if (watched := self._known.watched.get(website_id)) is not None:
            self._writer.keep(abandoned_check(website_id, watched.url, watched.options, slot, watched.region))

    def _check_all_soon(self, website_ids: Sequence[int]) -> None:
        """Make these websites due now, regardless of their schedule."""
        for website_id in website_ids:
            self._check_soon(website_id, 0.0)

    def _start_asking_canaries(self) -> None:
        if self._asking is None or self._asking.done():
            self._asking = self._background.run(self._ask_canaries(), "canaries")

    async def _ask_canaries(self) -> None:
        began_at = monotonic()
        resting = {
            self._known.watched[website_id].host
            for website_id in self._guard.resting
            if website_id in self._known.watched
        }
        urls = [url for url in self._policy.canaries if urlsplit(url).hostname not in resting]
        targets = [ProbeTarget(url=url, timeout_seconds=CANARY_TIMEOUT_SECONDS) for url in urls]
        results = await asyncio.gather(*map(self._prober.probe, targets))
        # Without canaries outside maintenance there is no evidence against our network.
        is_any_reached = not urls or any(result.error is None for result in results)
        self._guard.take_canaries(is_any_reached, began_at=began_at, now=monotonic())

    def _on_failing(self, found: Recorded) -> None:
        seconds_since = max((utc_now() - found.checked_at).total_seconds(), 0.0)
        within_seconds = max(self._policy.retry_seconds - seconds_since, 0.0)
        self._check_soon(found.website_id, within_seconds, is_everywhere=found.is_news_elsewhere)

    def _check_soon(self, website_id: int, within_seconds: float, *, is_everywhere: bool = False) -> None:
        plan = self._agenda.get(website_id)
        if plan is not None and (sooner := brought_forward(plan, within_seconds, now=monotonic())) is not plan:
            self._agenda.put(replace(sooner, is_everywhere=is_everywhere))


def _changes_and_maintenance(db: Session) -> tuple[object, frozenset[int]]:
    """Return a value that differs after websites have changed, and the websites that are in maintenance."""
    return changes.websites_as_they_are(db), running(db, utc_now())


def _lag_ms(late: timedelta) -> float:
    return round(max(late.total_seconds(), 0.0) * 1_000, 3)
