"""Collects evidence while a website fails, from its first failed check on, and starts the diagnosis.

It is notified of checks after they are stored and reads them in batches. No check waits for it.
"""

import asyncio
import logging
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.background import Background
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.debugging.redaction.masking import masks_for
from core.debugging.session import DebugSessions
from core.diagnosis.limits import Limits
from core.diagnosis.look import LookRunner
from core.errors import WatchwrightError
from core.models import MonitorCheck, MonitorStatus, SessionTrigger
from core.schemas.session_options import SessionOptions
from core.services import MonitorCheckCRUD
from core.store_availability import is_store_unavailable
from core.workers import evidence_store as store
from core.workers.evidence_store import EvidencePlan, WindowSeen

logger = logging.getLogger(__name__)

GAP_SECONDS = 0.2  # between two batches of checks
RETRY_SECONDS = 5.0  # after the store was unavailable
CHECKS_AT_ONCE = 500  # ids per query
LOOKS_AT_ONCE = 8  # parallel looks, when hundreds of websites fail at once
BASELINE_ROUND_SECONDS = 60.0
REMEMBERED_WINDOWS = 1_000  # diagnosed windows that are remembered, so that none is diagnosed twice


class EvidenceWorker:
    """Collects evidence for one store. Its owner calls start() and stop()."""

    def __init__(self, settings: Settings, sessions: DebugSessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._limits = Limits.of(settings)
        self._looker = LookRunner(
            second_resolver=settings.second_resolver,
            may_connect=settings.address_policy.refusal,
            may_ask=settings.address_policy.for_the_operator().refusal,
            mask=masks_for(SessionOptions(), settings).text,
        )
        self._looking = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._counting = asyncio.Lock()
        """Held from checking the limits until the session is stored, so that concurrent starts count one another."""
        self._new_checks: list[int] = []
        self._new_windows: dict[int, None] = {}
        self._new_sessions: dict[int, None] = {}
        self._wake = asyncio.Event()
        self._in_question: set[int] = set()
        """Websites that may not be UP. UP checks of all other websites are not read."""
        self._failing: set[int] = set()
        """Websites with evidence being collected for their current failure."""
        self._degraded: dict[int, datetime | None] = {}
        """When each website became degraded; None once evidence has been collected."""
        self._diagnosed: dict[int, WindowSeen] = {}
        self._unopened: dict[int, datetime] = {}
        """When starting a session failed, by website. Retrying it at once would block all other baselines."""
        self._background = Background()

    async def start(self) -> None:
        """Start listening to signals; returns at once."""
        await self._looker.__aenter__()
        self._background.subscribe(signals.check_recorded, self._on_check)
        self._background.subscribe(signals.window_changed, self._on_window)
        self._background.subscribe(signals.session_changed, self._on_session)
        self._background.keep_running(self._process_signals, "evidence")
        if self._settings.baseline_hours and self._limits.per_hour:
            self._background.keep_running(self._take_baselines, "baselines")

    async def stop(self) -> None:
        """Stop collecting. Running debug sessions are stopped by their owner."""
        await self._background.stop()
        await self._looker.__aexit__(None, None, None)

    def _on_check(self, fact: signals.CheckRecorded) -> None:
        if fact.is_up and fact.website_id not in self._in_question:
            return
        self._in_question.add(fact.website_id)
        self._new_checks.append(fact.check_id)
        self._wake.set()

    def _on_window(self, fact: signals.WindowChanged) -> None:
        self._new_windows[fact.window_id] = None
        self._wake.set()

    def _on_session(self, fact: signals.SessionChanged) -> None:
        self._new_sessions[fact.session_id] = None
        self._wake.set()

    async def _process_signals(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._process_batch()
            except SQLAlchemyError as error:
                _log("evidence could not be read or stored; retrying", error)
                self._wake.set()
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(GAP_SECONDS)

    async def _process_batch(self) -> None:
        """Process what is new. What the store refuses stays for the next call."""
        while batch := self._new_checks[:CHECKS_AT_ONCE]:
            checks = await in_session(MonitorCheckCRUD.get_by_ids, batch)
            del self._new_checks[: len(batch)]
            for check in checks:
                self._process_check(check)
        for waiting, update in (
            (self._new_sessions, self._update_session),
            (self._new_windows, self._update_window),
        ):
            for key in tuple(waiting):
                del waiting[key]
                try:
                    await update(key)
                except Exception as error:  # unforeseen evidence of one failure must not stop that of all others
                    if is_store_unavailable(error):
                        waiting[key] = None
                        raise
                    logger.exception("evidence could not be diagnosed; continuing with the next")

    def _process_check(self, check: MonitorCheck) -> None:
        """Start collecting at the first failed check, or when DEGRADED has lasted; UNKNOWN checks are ignored."""
        website_id = check.website_id
        if check.status is MonitorStatus.DOWN:
            self._degraded.pop(website_id, None)
            if website_id not in self._failing:
                self._failing.add(website_id)
                self._background.run(self._gather(website_id, check.id), f"evidence of website {website_id}")
        elif check.status is MonitorStatus.DEGRADED:
            self._failing.discard(website_id)
            self._note_degraded(check)
        elif check.status is MonitorStatus.UP:
            self._failing.discard(website_id)
            self._degraded.pop(website_id, None)
            self._in_question.discard(website_id)

    def _note_degraded(self, check: MonitorCheck) -> None:
        limit = self._settings.degraded_evidence_seconds
        since = self._degraded.setdefault(check.website_id, check.checked_at)
        if limit and since is not None and (check.checked_at - since).total_seconds() >= limit:
            self._degraded[check.website_id] = None
            self._background.run(self._gather(check.website_id, check.id), f"evidence of website {check.website_id}")

    async def _gather(
        self, website_id: int, check_id: int | None, trigger: SessionTrigger = SessionTrigger.FAILURE
    ) -> None:
        """Make a look and start a debug session, within the limits."""
        try:
            wanted = await self._plan_and_start(website_id, trigger, check_id=check_id)
            if wanted is not None:
                await self._make_look(wanted)
        except SQLAlchemyError as error:
            _log("evidence could not be collected; retrying at the next failed check", error, website_id=website_id)
            self._failing.discard(website_id)

    async def _plan_and_start(
        self,
        website_id: int,
        trigger: SessionTrigger,
        *,
        check_id: int | None = None,
        window_id: int | None = None,
    ) -> EvidencePlan | None:
        async with self._counting:
            wanted = await in_session(
                store.plan, website_id, trigger, self._limits, check_id=check_id, window_id=window_id
            )
            if wanted is not None:
                await self._start_session(wanted)
        return wanted

    async def _start_session(self, wanted: EvidencePlan) -> None:
        if wanted.refusal is not None:
            logger.info("no debug session", extra={"website_id": wanted.website_id, "reason": wanted.refusal})
            return
        try:
            await self._sessions.start(
                wanted.website_id,
                trigger=wanted.trigger,
                window_id=wanted.window_id,
                check_id=wanted.check_id,
            )
        except WatchwrightError as error:  # such as a missing browser; the look still helps
            self._unopened[wanted.website_id] = utc_now()
            logger.warning("no debug session", extra={"website_id": wanted.website_id, "reason": str(error)})

    async def _make_look(self, wanted: EvidencePlan) -> None:
        if wanted.target is None:
            return
        async with self._looking:
            began = perf_counter()
            look = await self._looker.look(wanted.target)
        await in_session(store.keep_look, wanted, look, began)
        if wanted.window_id is not None:
            self._new_windows[wanted.window_id] = None
            self._wake.set()

    async def _update_window(self, window_id: int) -> None:
        before = self._diagnosed.get(window_id)
        news = await in_session(store.update_window, window_id, before, self._settings.certificate_days)
        if news is None:
            self._diagnosed.pop(window_id, None)
            return
        self._diagnosed[window_id] = news.seen
        while len(self._diagnosed) > REMEMBERED_WINDOWS:
            self._diagnosed.pop(next(iter(self._diagnosed)))
        if news.needs_recovery and (before is None or before.ended_at is None):
            await self._plan_and_start(news.website_id, SessionTrigger.RECOVERY, window_id=window_id)
        if news.is_changed:
            signals.window_changed.send(signals.WindowChanged(website_id=news.website_id, window_id=window_id))

    async def _update_session(self, session_id: int) -> None:
        news = await in_session(store.update_session, session_id, self._settings.certificate_days)
        if news is None:
            return
        if news.is_changed:
            signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=news.website_id))
        if news.window_id is not None:
            await self._update_window(news.window_id)

    async def _take_baselines(self) -> None:
        """Repeatedly collect baselines of websites that are up, one at a time; sooner for a website with a fault."""
        hours = self._settings.baseline_hours
        while True:
            await asyncio.sleep(BASELINE_ROUND_SECONDS)
            since = utc_now() - timedelta(hours=hours)
            self._unopened = {website_id: at for website_id, at in self._unopened.items() if at > since}
            try:
                website_id = await in_session(
                    store.due_for_baseline, hours, self._limits, but_for=self._unopened.keys()
                )
                if website_id is not None:
                    await self._gather(website_id, None, SessionTrigger.BASELINE)
            except SQLAlchemyError as error:
                _log("no baseline could be started; retrying in the next round", error)


def _log(message: str, error: SQLAlchemyError, **facts: Any) -> None:
    """Log *error*, with a traceback unless the store is only unavailable, for instance on a full disk."""
    is_expected = is_store_unavailable(error)
    facts["reason"] = str(error)
    logger.log(logging.WARNING if is_expected else logging.ERROR, message, extra=facts, exc_info=not is_expected)
