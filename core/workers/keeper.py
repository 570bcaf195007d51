"""Keeps what the monitor found: the one way in which a check gets stored, and told of once it is."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.database import in_session
from core.errors import NotFound
from core.monitoring.downtime import CONFIRMATION, Confirmation
from core.monitoring.probe import ProbeResult
from core.monitoring.record import Recorded, record
from core.monitoring.verdict import Verdict

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0  # how soon a check is stored again after the store refused it
HELD_LIMIT = 50_000  # checks kept in memory while the store is away: about 25 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A judged result that is still to be stored."""

    website_id: int
    result: ProbeResult
    verdict: Verdict
    lag_ms: float | None = None
    """By how much the check started late; None where nobody had planned it."""


def _nobody(_website_id: int) -> None:
    pass


class Keeper:
    """Stores findings in the order in which they come, holds them while the store is away; one per store."""

    def __init__(self, confirmation: Confirmation = CONFIRMATION, on_failing: Callable[[int], None] = _nobody) -> None:
        """*on_failing* is called on the event loop, with the id of each website whose stored check finds it failing."""
        self._confirmation = confirmation
        self._on_failing = on_failing
        self._held: deque[Finding] = deque(maxlen=HELD_LIMIT)
        self._something_held = asyncio.Event()
        self._all_stored = asyncio.Event()
        self._all_stored.set()
        self._task: asyncio.Task[None] | None = None

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
                finding = self._held.popleft()  # while it is being stored, a full queue may drop another one
                if not await self._store(finding):
                    if len(self._held) < HELD_LIMIT:
                        self._held.appendleft(finding)
                    await asyncio.sleep(RETRY_SECONDS)
            self._all_stored.set()

    async def _store(self, finding: Finding) -> bool:
        """Store one check and tell of it; False when the store would not have it now."""
        try:
            recorded = await in_session(
                record, finding.website_id, finding.result, finding.verdict, self._confirmation, lag_ms=finding.lag_ms
            )
        except NotFound:
            return True
        except SQLAlchemyError as error:
            logger.warning("a check could not be stored yet", extra={"reason": str(error), "held": len(self._held)})
            return False
        except Exception:  # one check that cannot be stored must not keep all later ones from being stored
            logger.exception("a check cannot be stored", extra={"website_id": finding.website_id})
            return True
        if recorded.is_failing:
            self._on_failing(recorded.website_id)
        _tell(recorded)
        return True


def _tell(recorded: Recorded) -> None:
    signals.check_recorded.send(signals.CheckRecorded(website_id=recorded.website_id, check_id=recorded.check_id))
    if recorded.window_id is not None:
        signals.window_changed.send(signals.WindowChanged(website_id=recorded.website_id, window_id=recorded.window_id))
