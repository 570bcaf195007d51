"""Evidence is collected from the first failed check on, assigned to its window and diagnosed, without a browser."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import signals
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.debugging.session import DebugSessions
from core.errors import BrowserMissing
from core.models import (
    DebugSession,
    HTTPMethod,
    MonitorCheck,
    MonitorStatus,
    SessionTrigger,
    Website,
    WebsiteState,
)
from core.schemas import (
    DebugSessionCreate,
    DebugSessionUpdate,
    DowntimeWindowCreate,
    DowntimeWindowUpdate,
    MaintenanceWindowCreate,
    MonitorCheckCreate,
    WebsiteCreate,
)
from core.services import (
    DebugSessionCRUD,
    DowntimeWindowCRUD,
    FindingCRUD,
    LookCRUD,
    MaintenanceWindowCRUD,
    MonitorCheckCRUD,
    WebsiteCRUD,
)
from core.workers import evidence
from core.workers.evidence import EvidenceWorker
from tests.core.monitoring.servers import OK, answer, raw_server
from tests.sites.serving import port_of, refusing
from tests.waiting import until


class Sessions(DebugSessions):
    """Stores the sessions that are started, and opens no browser."""

    def __init__(self) -> None:
        self.started: list[SessionTrigger] = []

    async def start(self, website_id: int, **given: Any) -> int:
        self.started.append(given["trigger"])
        kept = {name: value for name, value in given.items() if name in ("trigger", "window_id", "check_id")}
        data = DebugSessionCreate(website_id=website_id, **kept)
        session: DebugSession = await in_session(DebugSessionCRUD.create, data)
        return session.id


class WithoutBrowser(DebugSessions):
    """Can start no session."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def start(self, website_id: int, **_given: Any) -> int:
        self.asked.append(website_id)
        raise BrowserMissing("There is no browser.")


class WithoutDisk(DebugSessions):
    """Can store no session, because the disk is full."""

    def __init__(self) -> None:
        self.asked = 0

    async def start(self, website_id: int, **_given: Any) -> int:
        self.asked += 1
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
async def worker(stored: Engine, sessions: Sessions, tmp_path: Path) -> AsyncIterator[EvidenceWorker]:
    settings = Settings(data_dir=tmp_path, degraded_evidence_seconds=0.001, baseline_hours=0)
    worker = EvidenceWorker(settings, sessions)
    await worker.start()
    yield worker
    await worker.stop()


@pytest.fixture
def dead_url() -> Iterator[str]:
    with refusing() as holder:
        yield f"http://127.0.0.1:{port_of(holder)}/"


async def test_the_first_failed_check_starts_a_look_and_a_session(
    worker: EvidenceWorker, sessions: Sessions, dead_url: str
) -> None:
    website = await _website(dead_url)

    check_id = await _check(website, MonitorStatus.DOWN)
    await _check(website, MonitorStatus.DOWN)

    look = await until(lambda: in_session(LookCRUD.get_by_check, website.id, check_id))
    assert look.steps["attempts"][0]["error_kind"] == "connect_refused"
    assert sessions.started == [SessionTrigger.FAILURE]


async def test_a_full_disk_is_logged_without_a_traceback(
    stored: Engine, tmp_path: Path, dead_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    worker = EvidenceWorker(Settings(data_dir=tmp_path, baseline_hours=0), WithoutDisk())
    await worker.start()

    await _check(await _website(dead_url), MonitorStatus.DOWN)
    await until(lambda: caplog.records)
    await worker.stop()

    (record,) = caplog.records
    assert record.message == "evidence could not be collected; retrying at the next failed check"
    assert not record.exc_info
    assert "disk is full" in record.reason  # type: ignore[attr-defined] # from `extra`


async def test_evidence_that_could_not_be_collected_is_collected_at_the_next_failed_check(
    stored: Engine, tmp_path: Path, dead_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = WithoutDisk()
    worker = EvidenceWorker(Settings(data_dir=tmp_path, baseline_hours=0), sessions)
    await worker.start()
    website = await _website(dead_url)
    await _check(website, MonitorStatus.DOWN)
    await until(lambda: caplog.records)

    await _check(website, MonitorStatus.DOWN)

    await until(lambda: sessions.asked == 2)
    await worker.stop()


async def test_a_window_is_diagnosed_once_the_store_is_available_again(
    worker: EvidenceWorker,
    stored: Engine,
    dead_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(evidence, "RETRY_SECONDS", 0.0)
    website = await _website(dead_url)
    await _check(website, MonitorStatus.DOWN)
    await until(lambda: in_session(LookCRUD.last_began, website.id))

    def refuse(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("INSERT INTO findings"):
            raise OperationalError(statement, {}, sqlite3.OperationalError("database is locked"))

    event.listen(stored, "before_cursor_execute", refuse)
    window_id = await _window(website)
    await until(lambda: caplog.records)
    event.remove(stored, "before_cursor_execute", refuse)

    assert await until(lambda: _findings(window_id))
    assert caplog.records[0].message == "evidence could not be read or stored; retrying"


async def test_a_check_announced_as_up_is_not_read(worker: EvidenceWorker, sessions: Sessions, dead_url: str) -> None:
    quiet, loud = await _website(dead_url), await _website(dead_url.replace("127.0.0.1", "localhost"))
    data = MonitorCheckCreate(website_id=quiet.id, status=MonitorStatus.DOWN, error_kind="connect_refused")
    unread = await in_session(MonitorCheckCRUD.create, data)

    signals.check_recorded.send(signals.CheckRecorded(website_id=quiet.id, check_id=unread.id, is_up=True))
    read = await _check(loud, MonitorStatus.DOWN)

    await until(lambda: in_session(LookCRUD.get_by_check, loud.id, read))
    assert sessions.started == [SessionTrigger.FAILURE]


async def test_a_window_gets_its_evidence_its_cause_and_a_recovery_session(
    worker: EvidenceWorker, sessions: Sessions, dead_url: str
) -> None:
    website = await _website(dead_url)
    await _check(website, MonitorStatus.DOWN)
    await until(lambda: in_session(LookCRUD.last_began, website.id))

    window_id = await _window(website)
    found = await until(lambda: _findings(window_id))
    await in_session(DowntimeWindowCRUD.update, window_id, DowntimeWindowUpdate(ended_at=utc_now()))
    signals.window_changed.send(signals.WindowChanged(website_id=website.id, window_id=window_id))
    await until(lambda: SessionTrigger.RECOVERY in sessions.started)

    window = await in_session(DowntimeWindowCRUD.get_by_id, window_id)
    assert (found[0].kind, found[0].confidence) == ("connect_refused", "high")
    assert window is not None and window.root_cause == found[0].sentence
    own = await until(lambda: _sessions_of(window_id, 2))
    assert [one.trigger for one in own] == [SessionTrigger.FAILURE, SessionTrigger.RECOVERY]


async def test_invalid_evidence_of_one_window_does_not_affect_others(worker: EvidenceWorker, dead_url: str) -> None:
    odd, website = await _website("http://127.0.0.1:1/"), await _website(dead_url)
    failed = {"status": MonitorStatus.DOWN, "error_kind": "dns_not_found", "final_url": "http://[redacted].invalid/"}
    await in_session(MonitorCheckCRUD.create, MonitorCheckCreate(website_id=odd.id, **failed))
    await _check(website, MonitorStatus.DOWN)

    await _window(odd)
    await asyncio.sleep(2 * evidence.GAP_SECONDS)
    window_id = await _window(website)

    assert await until(lambda: _findings(window_id))


async def test_a_cause_written_by_a_person_is_kept(worker: EvidenceWorker, dead_url: str) -> None:
    website = await _website(dead_url)
    window_id = await _window(website, tell=False)
    written = DowntimeWindowUpdate(root_cause="We pulled the plug.")
    await in_session(DowntimeWindowCRUD.update, window_id, written)

    await _check(website, MonitorStatus.DOWN)
    signals.window_changed.send(signals.WindowChanged(website_id=website.id, window_id=window_id))
    await until(lambda: _findings(window_id))

    window = await in_session(DowntimeWindowCRUD.get_by_id, window_id)
    assert window is not None and window.root_cause == "We pulled the plug."


async def test_a_short_failure_without_a_window_is_diagnosed_by_its_session(
    worker: EvidenceWorker, sessions: Sessions, dead_url: str
) -> None:
    website = await _website(dead_url)
    check_id = await _check(website, MonitorStatus.DOWN)
    await until(lambda: in_session(LookCRUD.get_by_check, website.id, check_id))
    await _check(website, MonitorStatus.UP)

    (session,), _ = await in_session(DebugSessionCRUD.get_by_website, website.id)
    await in_session(DebugSessionCRUD.update, session.id, DebugSessionUpdate(completed_at=utc_now()))
    signals.session_changed.send(signals.SessionChanged(session_id=session.id, website_id=website.id))
    found = await until(lambda: _session_findings(session.id))

    assert (session.window_id, session.check_id) == (None, check_id)
    assert found[0].kind == "connect_refused"


async def test_lasting_degradation_gets_evidence_once(
    worker: EvidenceWorker, sessions: Sessions, dead_url: str
) -> None:
    website = await _website(dead_url)
    for _ in range(3):
        await _check(website, MonitorStatus.DEGRADED)

    await until(lambda: in_session(LookCRUD.last_began, website.id))

    assert sessions.started == [SessionTrigger.FAILURE]


async def test_no_evidence_is_collected_in_maintenance_or_during_a_failure_of_our_own_network(
    worker: EvidenceWorker, sessions: Sessions, dead_url: str
) -> None:
    resting, unknown, other = [await _website(f"{dead_url}{number}") for number in range(3)]
    data = MaintenanceWindowCreate(name="Deploy", website_id=resting.id, starts_at=utc_now(), duration_seconds=3600)
    await in_session(MaintenanceWindowCRUD.create, data)

    await _check(resting, MonitorStatus.DOWN)
    await _check(unknown, MonitorStatus.UNKNOWN)
    await _check(other, MonitorStatus.DOWN)
    await until(lambda: in_session(LookCRUD.last_began, other.id))

    assert sessions.started == [SessionTrigger.FAILURE]
    for website in (resting, unknown):
        assert await in_session(LookCRUD.last_began, website.id) is None


async def test_a_website_without_automatic_sessions_gets_a_look_only(
    worker: EvidenceWorker, sessions: Sessions, dead_url: str
) -> None:
    website = await _website(dead_url, auto_debug=False)

    await _check(website, MonitorStatus.DOWN)
    await until(lambda: in_session(LookCRUD.last_began, website.id))

    assert sessions.started == []


async def test_simultaneous_failures_share_one_limit(stored: Engine, tmp_path: Path, dead_url: str) -> None:
    sessions = Sessions()
    settings = Settings(data_dir=tmp_path, auto_sessions_per_hour=4, baseline_hours=0)
    worker = EvidenceWorker(settings, sessions)
    await worker.start()
    websites = [await _website(f"{dead_url}{number}") for number in range(12)]

    for website in websites:
        await _check(website, MonitorStatus.DOWN)
    for website in websites:
        await until(partial(in_session, LookCRUD.last_began, website.id))
    await worker.stop()

    assert sessions.started == [SessionTrigger.FAILURE] * 4


async def test_a_website_that_is_up_gets_its_baseline(
    stored: Engine, sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "BASELINE_ROUND_SECONDS", 0.01)
    worker = EvidenceWorker(Settings(data_dir=tmp_path), sessions)
    with raw_server(answer(OK)) as site:
        website = await _website(site.url)
        await in_session(_is_up, website.id)
        await worker.start()
        look = await until(lambda: in_session(LookCRUD.last_good, website.id, utc_now()))
        await worker.stop()

    assert look.is_good
    assert sessions.started == [SessionTrigger.BASELINE]


async def test_a_website_whose_session_cannot_start_does_not_block_other_baselines(
    stored: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "BASELINE_ROUND_SECONDS", 0.01)
    sessions = WithoutBrowser()
    worker = EvidenceWorker(Settings(data_dir=tmp_path), sessions)
    with raw_server(answer(OK)) as site:
        first, other = await _website(site.url), await _website(f"{site.url}other")
        for website in (first, other):
            await in_session(_is_up, website.id)
        await worker.start()
        await until(lambda: in_session(LookCRUD.last_good, other.id, utc_now()))
        await worker.stop()

    assert sessions.asked == [first.id, other.id]


def _is_up(db: Session, website_id: int) -> None:
    now = utc_now()
    state = {"status": MonitorStatus.UP, "checked_at": now, "known_since": now, "known_until": now}
    db.add(WebsiteState(website_id=website_id, **state))
    db.add(MonitorCheck(website_id=website_id, status=MonitorStatus.UP, http_method=HTTPMethod.GET, checked_at=now))


async def _website(url: str, **given: Any) -> Website:
    return await in_session(WebsiteCRUD.create, WebsiteCreate(url=url, **given))


async def _check(website: Website, status: MonitorStatus) -> int:
    kind = "connect_refused" if status is MonitorStatus.DOWN else None
    data = MonitorCheckCreate(website_id=website.id, status=status, error_kind=kind, checked_at=utc_now())
    check = await in_session(MonitorCheckCRUD.create, data)
    fact = signals.CheckRecorded(website_id=website.id, check_id=check.id, is_up=status is MonitorStatus.UP)
    signals.check_recorded.send(fact)
    return check.id


async def _window(website: Website, *, tell: bool = True) -> int:
    first = await in_session(MonitorCheckCRUD.get_newest, website.id, 1)
    data = DowntimeWindowCreate(website_id=website.id, started_at=first[0].checked_at if first else utc_now())
    window = await in_session(DowntimeWindowCRUD.create, data)
    if tell:
        signals.window_changed.send(signals.WindowChanged(website_id=website.id, window_id=window.id))
    return window.id


async def _findings(window_id: int) -> Any:
    return (await in_session(FindingCRUD.get_by_window, window_id))[0]


async def _sessions_of(window_id: int, count: int) -> Any:
    own = await in_session(DebugSessionCRUD.get_by_window, window_id)
    return own if len(own) == count else None


async def _session_findings(session_id: int) -> Any:
    return (await in_session(FindingCRUD.get_by_session, session_id))[0]
