"""Pages know the state of a monitor in another process, and can request checks."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from core import signals
from core.database import run_in_session
from core.errors import MonitorUnavailable, NotFound
from core.workers import monitor_link
from core.workers.monitor_link import NOBODY, MonitorLink
from tests.factories import make_website

WELL = signals.MonitorReported(monitor="a", is_checking=True, trouble=None)


@pytest.fixture
async def link() -> AsyncIterator[MonitorLink]:
    link = MonitorLink()
    await link.start()
    yield link
    await link.stop()


async def test_a_missing_monitor_is_shown_until_a_report(link: MonitorLink, monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = [link.trouble]  # none: a monitor has a moment to report
    monkeypatch.setattr(monitor_link, "SILENT_SECONDS", -1.0)
    troubles.append(link.trouble)
    monkeypatch.setattr(monitor_link, "SILENT_SECONDS", 15.0)

    signals.monitor_reported.send(WELL)

    assert [*troubles, link.trouble] == [None, NOBODY, None]


async def test_the_trouble_of_one_of_several_monitors_is_shown_until_it_recovers_or_ends(link: MonitorLink) -> None:
    def report(monitor: str, trouble: str | None, *, is_ending: bool = False) -> str | None:
        signals.monitor_reported.send(
            signals.MonitorReported(monitor=monitor, is_checking=not is_ending, trouble=trouble, is_ending=is_ending)
        )
        return link.trouble

    assert link.checking == 0
    said = [report("a", "Its disk is full."), report("b", None), report("b", "No way out."), report("a", None)]
    said += [report("b", "No way out.")]
    assert link.checking == 2
    said += [report("b", None, is_ending=True)]
    assert link.checking == 1

    both = "Its disk is full. No way out."
    assert said == ["Its disk is full.", "Its disk is full.", both, "No way out.", "No way out.", None]


async def test_a_crash_is_shown_until_a_monitor_checks_again(link: MonitorLink) -> None:
    said: list[str | None] = []
    disconnect = signals.health_changed.connect(lambda _fact: said.append(link.trouble))

    link.fell("It fell.")
    signals.monitor_reported.send(signals.MonitorReported(monitor="b", is_checking=False, trouble=None))
    assert link.trouble == "It fell."
    signals.monitor_reported.send(WELL)

    disconnect()
    assert said == ["It fell.", None]


async def test_the_monitors_trouble_is_shown(link: MonitorLink) -> None:
    signals.monitor_reported.send(signals.MonitorReported(monitor="a", is_checking=True, trouble="No room."))

    assert link.trouble == "No room."


async def test_a_requested_check_is_awaited(link: MonitorLink, stored: Engine) -> None:
    website_id = run_in_session(lambda db: make_website(db).id)

    def answer(fact: signals.CheckRequested) -> None:
        told = signals.CheckAnswered(request=fact.request)
        asyncio.get_running_loop().call_soon(signals.check_answered.send, told)

    disconnect = signals.check_requested.connect(answer)
    await link.check_now(website_id)
    disconnect()


async def test_a_request_without_a_monitor_is_an_error(
    link: MonitorLink, stored: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    website_id = run_in_session(lambda db: make_website(db, timeout=1).id)
    monkeypatch.setattr(monitor_link, "ANSWER_SECONDS", -0.99)
    link.fell("It fell.")

    with pytest.raises(MonitorUnavailable, match=r"The website could not be checked now\. It fell\."):
        await link.check_now(website_id)


async def test_a_check_of_a_missing_website_is_not_requested(link: MonitorLink, stored: Engine) -> None:
    with pytest.raises(NotFound):
        await link.check_now(404)
