"""No two checks of a website run at once, their number is limited, and waiting callers get an answer."""

import asyncio
import resource
from dataclasses import replace

import pytest

from core.clock import utc_now
from core.monitoring.judged_result import abandoned_check
from core.monitoring.probe import OnResult, ProbeResult, ProbeTarget
from core.schemas.check_options import DEFAULTS
from core.workers.running_checks import MAX_CHECKS, OPEN_FILES, Check, RunningChecks, make_room
from core.workers.watched_websites import WatchedWebsite


class Asked:
    """What was asked of a prober, and what came of the checks."""

    def __init__(self) -> None:
        self.probes: list[OnResult] = []
        self.found: list[int] = []

    def probe(self, _target: ProbeTarget, told: OnResult) -> None:
        self.probes.append(told)

    def take(self, check: Check, _result: ProbeResult) -> None:
        self.found.append(check.watched.website_id)

    def answer(self) -> None:
        """Have the oldest probe end."""
        self.probes.pop(0)(abandoned_check(0, "http://there.test/", DEFAULTS, utc_now(), None).result)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def running(asked: Asked) -> RunningChecks:
    return RunningChecks(asked.probe, asked.take)


def test_a_website_has_one_running_check_at_most(asked: Asked, running: RunningChecks) -> None:
    begun = [running.begin(website(1)) for _ in range(2)]
    assert (begun, len(asked.probes)) == ([True, False], 1)

    asked.answer()

    assert (asked.found, running.begin(website(1))) == ([1], True)


def test_checks_above_the_limit_wait_for_others_to_end(asked: Asked, running: RunningChecks) -> None:
    for number in range(MAX_CHECKS + 2):
        running.begin(website(number))
    assert len(asked.probes) == MAX_CHECKS

    asked.answer()

    assert (len(asked.probes), asked.found) == (MAX_CHECKS, [0])


async def test_a_waiting_caller_returns_when_the_check_is_done(asked: Asked, running: RunningChecks) -> None:
    running.begin(website(1))
    waiting = [asyncio.ensure_future(running.check_now(website(1))) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)

    asked.answer()

    await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert asked.found == [1]


async def test_results_after_stopping_are_discarded_and_no_caller_waits(asked: Asked, running: RunningChecks) -> None:
    waiting = asyncio.ensure_future(running.check_now(website(1)))
    await asyncio.sleep(0)

    running.stop()
    asked.answer()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert asked.found == []


async def test_a_check_with_outdated_settings_is_discarded_and_waiting_callers_get_the_next_one(
    asked: Asked, running: RunningChecks
) -> None:
    waiting = asyncio.ensure_future(running.check_now(website(1)))
    await asyncio.sleep(0)
    changed = replace(website(1), url="http://elsewhere.test/")

    left = running.discard_outdated(changed)
    asked.answer()
    await asyncio.sleep(0)
    assert left is not None and asked.found == [] and not waiting.done()
    asked.answer()

    await asyncio.wait_for(waiting, 10)
    assert (asked.found, running.discard_outdated(changed)) == ([1], None)


async def test_a_waiting_check_with_outdated_settings_is_discarded(asked: Asked, running: RunningChecks) -> None:
    for number in range(MAX_CHECKS + 1):
        running.begin(website(number))

    running.discard_outdated(replace(website(MAX_CHECKS), url="http://elsewhere.test/"))
    asked.answer()

    assert len(asked.probes) == MAX_CHECKS - 1


@pytest.mark.parametrize(
    ("hard", "soft", "at_once"),
    [(20 * OPEN_FILES, OPEN_FILES, MAX_CHECKS), (OPEN_FILES - 1, OPEN_FILES - 1, MAX_CHECKS - 1), (400, 400, 100)],
    ids=["all", "what is left", "little"],
)
def test_the_limit_of_open_files_is_raised_for_the_sockets(
    hard: int, soft: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = [(256, hard)]
    monkeypatch.setattr(resource, "getrlimit", lambda _what: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _what, both: limits.append(both))

    assert [make_room(), make_room()] == [at_once, at_once]
    assert limits == [(256, hard), (soft, hard)]


def test_the_number_of_concurrent_checks_is_limited(asked: Asked) -> None:
    running = RunningChecks(asked.probe, asked.take, 2)

    for number in range(3):
        running.begin(website(number))

    assert len(asked.probes) == 2


def website(number: int) -> WatchedWebsite:
    return WatchedWebsite(
        website_id=number, url="http://there.test/", host="there.test", interval_seconds=60, timeout_seconds=10
    )
