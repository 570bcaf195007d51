"""Keeps what the monitor found: the one way in which a check gets stored, and told of once it is."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from time import monotonic

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from core import signals
from core.database import finished, session_scope
from core.monitoring.downtime import CONFIRMATION, Confirmation
from core.monitoring.record import Finding, Recorded, record

__all__ = ["Finding", "Keeper"]

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0  # how soon a check is stored again after the store refused it
HELD_LIMIT = 50_000  # checks kept in memory while the store is away: about 25 MB
BATCH = 500  # checks of a transaction: some 50 ms, in which no other can write
GAP_SECONDS = 0.5  # from one transaction's start to the next one's: each costs as much as a dozen checks

OnFailing = Callable[[int, datetime], None]
"""Told of a failing website, by id, and when the check began that found it so."""


def _nobody(_website_id: int, _checked_at: datetime) -> None:
    pass


class Keeper:
    """Stores findings in the order in which they come, holds them while the store is away; one per store."""

    def __init__(self, confirmation: Confirmation = CONFIRMATION, on_failing: OnFailing = _nobody) -> None:
        """*on_failing* is called on the event loop for each stored check that finds its website failing."""
        self._confirmation = confirmation
        self._on_failing = on_failing
        self._held: deque[Finding] = deque(maxlen=HELD_LIMIT)
        self._something_held = asyncio.Event()
        self._all_stored = asyncio.Event()
        self._all_stored.set()
        self._task: asyncio.Task[None] | None = None
        self._began = 0.0
        self._trouble: str | None = None
        self._one_by_one = 0
        """How many of the next checks go into a transaction each."""

    @property
    def trouble(self) -> str | None:
        """Why checks are held and not stored, in one sentence; None when they are."""
        return self._trouble

    def start(self) -> None:
        """Begin to store; returns at once."""
        self._task = asyncio.create_task(self._store_findings(), name="keeper")

    async def stop(self) -> None:
        """Store what is still held, as far as the store lets us, then end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_stored.wait(), RETRY_SECONDS)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def keep(self, finding: Finding) -> None:
        """Take a finding to be stored soon; called on the event loop, returns at once."""
        if len(self._held) == HELD_LIMIT:
            logger.error("the store is away for too long; the oldest check is lost", extra={"held": HELD_LIMIT})
        self._held.append(finding)
        self._all_stored.clear()
        self._something_held.set()

    async def _store_findings(self) -> None:
        while True:
            await self._something_held.wait()
            self._something_held.clear()
            while self._held:
                if not self._one_by_one:
                    await asyncio.sleep(max(self._began + GAP_SECONDS - monotonic(), 0))
                self._began = monotonic()
                size = 1 if self._one_by_one else BATCH
                batch = [self._held.popleft() for _ in range(min(len(self._held), size))]
                if await self._store(batch):
                    self._one_by_one = max(self._one_by_one - 1, 0)
                    continue
                room = HELD_LIMIT - len(self._held)  # what came meanwhile may have filled it: the oldest are lost
                self._held.extendleft(reversed(batch[max(len(batch) - room, 0) :]))
                await asyncio.sleep(RETRY_SECONDS)
            self._all_stored.set()

    async def _store(self, batch: Sequence[Finding]) -> bool:
        """Store checks and tell of them; False when the store would not have them now."""
        try:
            recorded = await finished(asyncio.to_thread(_record, batch, self._confirmation))
        except (DataError, IntegrityError, ValueError, TypeError):
            if len(batch) == 1:
                logger.exception("a check cannot be stored", extra={"website_id": batch[0].website_id})
                return True
            self._one_by_one = len(batch)  # so that one that cannot be stored does not keep the others from being
            return False
        except SQLAlchemyError as error:
            logger.warning("checks could not be stored yet", extra={"reason": str(error), "held": len(self._held)})
            self._trouble = "The store takes no checks just now: they are held, and stored when it does. See the log."
            return False
        self._trouble = None
        for fact in recorded:
            self._tell(fact)
        return True

    def _tell(self, recorded: Recorded) -> None:
        website_id, window_id = recorded.website_id, recorded.window_id
        if recorded.is_failing:
            self._on_failing(website_id, recorded.checked_at)
        signals.check_recorded.send(signals.CheckRecorded(website_id=website_id, check_id=recorded.check_id))
        if window_id is not None:
            signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))


def _record(batch: Sequence[Finding], confirmation: Confirmation) -> list[Recorded]:
    with session_scope(immediate=True) as db:  # it reads and then writes: another writer must not come between
        return record(db, batch, confirmation)
