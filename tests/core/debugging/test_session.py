"""Debug sessions end to end, with the machine's browser, a store in a file and a loopback site."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine, text

from core import database, signals
from core.config import Settings
from core.debugging import recording
from core.debugging.outcome import HANGS
from core.debugging.session import DebugSessions
from core.debugging.session_owner import RENEW_SECONDS
from core.debugging.session_transactions import LEFT_BEHIND
from core.errors import NotFound
from core.models import DebugSession, NetworkEvent, NetworkEventType, SessionArtifact
from core.schemas.session_options import SessionOptions, WatchMode
from core.services import DebugSessionCRUD, WebsiteCRUD
from tests.core.debugging.busy_site import BusySite, busy_site
from tests.core.debugging.conftest import add_website, bound_store, with_browser
from tests.core.debugging.silent_browser import silent_browser
from tests.waiting import until

QUICK = SessionOptions(watch=WatchMode.LOAD, has_filmstrip=False, has_screenshots=False)
LONG = SessionOptions(watch=WatchMode.UNTIL_STOPPED, has_filmstrip=False, has_screenshots=False)

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser serves the sessions of all tests


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(data_dir=tmp_path_factory.mktemp("sessions"))


@pytest.fixture(scope="module")
def browser_settings(settings: Settings) -> Settings:
    return with_browser(settings)


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Engine]:
    with bound_store(settings) as engine:
        yield engine


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sessions(store: Engine, browser_settings: Settings) -> AsyncIterator[DebugSessions]:
    running = DebugSessions(browser_settings)
    yield running
    await running.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[BusySite]:
    async with busy_site() as running:
        yield running


def stored(session_id: int) -> DebugSession:
    with database.session_scope() as db:
        session = DebugSessionCRUD.get_by_id(db, session_id)
        assert session is not None
        return session


def events_of(session_id: int) -> list[NetworkEvent]:
    with database.session_scope() as db:
        return list(db.query(NetworkEvent).filter_by(debug_session_id=session_id).order_by(NetworkEvent.id))


async def ended(session_id: int) -> DebugSession:
    await until(lambda: (state := stored(session_id).state) is not None and state.is_final)
    return stored(session_id)


def running_in(session_id_of_group: int) -> list[int]:
    """Return the running processes of a process group."""
    listing = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    lines = [line.split() for line in listing.splitlines()]
    return [int(pid) for pid, group, state in lines if int(group) == session_id_of_group and "Z" not in state]


async def test_a_session_is_queued_immediately_and_stored_to_its_end(sessions: DebugSessions, site: BusySite) -> None:
    states: list[int] = []
    disconnect = signals.session_changed.connect(lambda fact: states.append(fact.session_id))

    session_id = await sessions.start(add_website(f"{site.url}/plain"), options=QUICK)

    assert stored(session_id).state == "QUEUED"
    session = await ended(session_id)
    await until(lambda: states == [session_id] * 3)  # queued, running, completed
    disconnect()
    assert (session.state, session.success, session.error_message) == ("COMPLETED", True, None)
    assert (session.title, session.request_count) == ("Plain", 2)  # with the favicon
    answer = next(event for event in events_of(session_id) if event.event_type == NetworkEventType.RESPONSE)
    assert answer.response_payload == "<title>Plain</title><h1>Hello</h1>"


async def test_rows_are_announced_while_the_page_still_loads(sessions: DebugSessions, site: BusySite) -> None:
    announced: list[int] = []
    disconnect = signals.event_captured.connect(lambda fact: announced.extend(fact.event_ids))

    session_id = await sessions.start(add_website(f"{site.url}/slow"), options=LONG)
    await site.hanging.wait()
    await until(lambda: any(event.url.endswith("/never") for event in events_of(session_id)))

    assert stored(session_id).state == "RUNNING"
    await until(lambda: set(announced) == {event.id for event in events_of(session_id)})
    disconnect()
    await sessions.stop(session_id)


async def test_stop_ends_a_session_and_keeps_what_it_captured(sessions: DebugSessions, site: BusySite) -> None:
    session_id = await sessions.start(add_website(f"{site.url}/slow"), options=QUICK)
    await site.hanging.wait()

    assert await sessions.stop(session_id)

    session = stored(session_id)
    assert (session.state, session.error_message) == ("CANCELLED", "Stopped before the page was done.")
    assert {event.url.rpartition("/")[2] for event in events_of(session_id)} >= {"slow", "quick.png", "never"}
    assert not await sessions.stop(session_id)


@pytest.mark.parametrize("silent_from", [None, "Browser.getVersion", "Target.createBrowserContext"])
async def test_stop_ends_a_session_whose_browser_hangs_without_delay(
    store: Engine, settings: Settings, silent_from: str | None
) -> None:
    async with silent_browser(silent_from) as browser:
        sessions = DebugSessions(settings.model_copy(update={"browser_endpoint": browser.endpoint, "max_browsers": 1}))
        session_id = await sessions.start(add_website(f"http://localhost:1/{silent_from}"), options=QUICK)
        await browser.asked.wait()

        async with asyncio.timeout(1):
            assert await sessions.stop(session_id)

        session = stored(session_id)
        assert (session.state, session.error_message) == ("CANCELLED", "Stopped before it started.")
        assert session.completed_at is not None
        await asyncio.wait_for(browser.left.wait(), 5)
        await until(lambda: sessions.free_places == 1)
        await sessions.close()


async def test_a_session_whose_browser_hangs_ends_some_time_after_its_limit(
    store: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "OVERDUE_SECONDS", -QUICK.time_limit_seconds)
    async with silent_browser("Target.createBrowserContext") as browser:
        sessions = DebugSessions(settings.model_copy(update={"browser_endpoint": browser.endpoint, "max_browsers": 1}))
        session_id = await sessions.start(add_website("http://localhost:1/hangs"), options=QUICK)

        session = await asyncio.wait_for(ended(session_id), 10)

        assert (session.state, session.error_message) == ("FAILED", HANGS)
        await until(lambda: sessions.free_places == 1)
        await sessions.close()


async def test_a_killed_driver_fails_the_session_and_keeps_what_was_captured(
    sessions: DebugSessions, site: BusySite
) -> None:
    traced = SessionOptions(has_trace=True, watch=WatchMode.UNTIL_STOPPED)
    of_others = drivers_of_playwright()
    session_id = await sessions.start(add_website(f"{site.url}/slow"), options=traced)
    await until(lambda: any(event.url.endswith("/never") for event in events_of(session_id)))

    (driver,) = drivers_of_playwright() - of_others
    os.kill(driver, signal.SIGKILL)
    session = await asyncio.wait_for(ended(session_id), 15)

    assert (session.state, session.success) == ("FAILED", False)
    assert {event.url.rpartition("/")[2] for event in events_of(session_id)} >= {"slow", "never"}


def drivers_of_playwright() -> set[int]:
    """Return the process ids of the drivers that this process has started, perhaps in other tests."""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True
    )
    return {int(line.split()[0]) for line in listing.stdout.splitlines() if "run-driver" in line}


async def test_screenshots_are_stored(sessions: DebugSessions, site: BusySite) -> None:
    options = SessionOptions(watch=WatchMode.LOAD)
    session_id = await sessions.start(add_website(f"{site.url}/plain"), options=options)
    await ended(session_id)

    with database.session_scope() as db:
        sizes = [artifact.size_bytes for artifact in db.query(SessionArtifact).filter_by(debug_session_id=session_id)]
    assert len(sizes) >= 2
    assert all(size > 500 for size in sizes)


async def test_an_unknown_website_is_refused(sessions: DebugSessions) -> None:
    with pytest.raises(NotFound, match="There is no website 4711"):
        await sessions.start(4711)


async def test_a_session_waits_while_all_browsers_are_in_use(
    store: Engine, browser_settings: Settings, site: BusySite
) -> None:
    sessions = DebugSessions(browser_settings.model_copy(update={"max_browsers": 1}))
    website = add_website(f"{site.url}/slow")
    first = await sessions.start(website, options=LONG)
    await site.hanging.wait()

    second = await sessions.start(website, options=LONG)
    third = await sessions.start(website, options=LONG)
    await sessions.stop(second)

    assert stored(second).error_message == "Stopped before it started."
    assert stored(third).state == "QUEUED"
    await sessions.stop(first)
    await until(lambda: stored(third).state == "RUNNING")
    await sessions.close()
    assert stored(third).state == "COMPLETED"


async def test_sessions_of_a_deleted_website_stop_without_an_error(
    store: Engine, browser_settings: Settings, site: BusySite, caplog: pytest.LogCaptureFixture
) -> None:
    sessions = DebugSessions(browser_settings.model_copy(update={"max_browsers": 1}))
    website_id = add_website(f"{site.url}/plain?deleted")
    running = await sessions.start(website_id, options=LONG)
    waiting = await sessions.start(website_id, options=LONG)
    await until(lambda: len(events_of(running)) == 4)  # the page and its favicon; nothing follows

    with database.session_scope() as db:
        WebsiteCRUD.delete(db, website_id)
    signals.website_changed.send(signals.WebsiteChanged(website_id=website_id))
    following = await sessions.start(add_website(f"{site.url}/plain?following"), options=QUICK)

    assert following not in (running, waiting)
    assert (await ended(following)).request_count == 2
    await sessions.close()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_session_of_a_deleted_website_stops_before_its_lease_is_renewed(
    store: Engine, settings: Settings
) -> None:
    async with silent_browser("Target.createBrowserContext") as browser:  # so the session writes nothing
        sessions = DebugSessions(settings.model_copy(update={"browser_endpoint": browser.endpoint, "max_browsers": 1}))
        website_id = add_website("http://localhost:1/deleted")
        await sessions.start(website_id, options=QUICK)
        await browser.asked.wait()

        with database.session_scope() as db:
            WebsiteCRUD.delete(db, website_id)
        signals.website_changed.send(signals.WebsiteChanged(website_id=website_id))

        async with asyncio.timeout(RENEW_SECONDS / 2):
            await until(lambda: sessions.free_places == 1)
        await sessions.close()


async def test_a_killed_browser_fails_the_session_and_keeps_what_was_captured(
    sessions: DebugSessions, site: BusySite
) -> None:
    session_id = await sessions.start(add_website(f"{site.url}/slow"), options=LONG)
    await until(lambda: any(event.url.endswith("/quick.png") for event in events_of(session_id)))
    (browser,) = sessions._pool._all

    os.killpg(browser.pid, signal.SIGKILL)

    session = await ended(session_id)
    assert (session.state, session.error_message) == ("FAILED", "The browser ended unexpectedly.")
    assert any(event.url.endswith("/quick.png") for event in events_of(session_id))
    again = await sessions.start(add_website(f"{site.url}/plain"), options=QUICK)
    assert (await ended(again)).success


async def test_a_crashed_renderer_fails_the_session(sessions: DebugSessions, site: BusySite) -> None:
    await sessions.start(add_website("http://localhost:1/"), options=QUICK)
    await until(lambda: not sessions._running)
    crashing = await sessions.start(add_website(f"{site.url}/slow"), options=LONG)
    await site.hanging.wait()
    (browser,) = sessions._pool._all
    page = next(
        session for session in browser.connection._sessions.values() if session.target.url.startswith("about:blank")
    )

    page.post("Page.crash")

    session = await ended(crashing)
    assert (session.state, session.error_message) == ("FAILED", "The page's renderer crashed.")


async def test_close_ends_sessions_and_leaves_no_process_or_folder(
    store: Engine, browser_settings: Settings, site: BusySite
) -> None:
    sessions = DebugSessions(browser_settings)
    session_id = await sessions.start(add_website(f"{site.url}/slow"), options=QUICK)
    await site.hanging.wait()
    (browser,) = sessions._pool._all
    profile = browser._process._profile  # type: ignore[attr-defined] # a local browser

    await sessions.close()

    assert stored(session_id).error_message == "Watchwright was stopped."
    assert not running_in(browser.pid)
    assert not profile.exists()


async def test_secrets_are_masked_before_they_are_stored(
    sessions: DebugSessions, site: BusySite, settings: Settings
) -> None:
    secret = "s3cr3t-do-not-keep"
    options = QUICK.model_copy(update={"extra_headers": {"Authorization": f"Bearer {secret}", "X-Api-Key": secret}})

    session_id = await sessions.start(add_website(f"{site.url}/plain?token={secret}"), options=options)

    assert (await ended(session_id)).success
    with database.session_scope() as db:
        db.connection().exec_driver_sql("DELETE FROM websites WHERE url = ''")
    kept = b"".join(path.read_bytes() for path in settings.data_dir.glob("watchwright.sqlite3*"))
    assert kept.count(secret.encode()) == kept.count(f"/plain?token={secret}".encode())  # the website's own URL
    assert any("[redacted:" in event.url for event in events_of(session_id))


KILLED = """
import asyncio, sys
from core import database
from core.config import Settings
from core.debugging.session import DebugSessions
from core.schemas.session_options import SessionOptions, WatchMode

async def main():
    settings = Settings.load()
    database.bind(database.make_engine(settings.store_url))
    sessions = DebugSessions(settings)
    session_id = await sessions.start(int(sys.argv[1]), options=SessionOptions(watch=WatchMode.UNTIL_STOPPED))
    print(session_id, flush=True)
    while not sessions._pool._all:
        await asyncio.sleep(0.01)
    (browser,) = sessions._pool._all
    print(browser.pid, browser._process._profile, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def test_recover_succeeds_while_the_store_cannot_be_written(store: Engine, browser_settings: Settings) -> None:
    _rename(store, "debug_sessions", "away")  # all tests share this store
    sessions = DebugSessions(browser_settings)

    recovered = await sessions.recover()

    _rename(store, "away", "debug_sessions")
    assert recovered == []
    await sessions.close()


def _rename(store: Engine, before: str, after: str) -> None:
    with store.begin() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


async def test_after_kill_9_the_capture_is_stored_and_no_process_or_folder_is_left(
    store: Engine, browser_settings: Settings, site: BusySite
) -> None:
    website = add_website(f"{site.url}/slow")
    environment = {**os.environ, "WATCHWRIGHT_DATA_DIR": str(browser_settings.data_dir)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(website), stdout=asyncio.subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    session_id = int(await process.stdout.readline())
    browser_group, profile_name = (await process.stdout.readline()).decode().split()
    profile = Path(profile_name)
    await until(lambda: any(event.url.endswith("/never") for event in events_of(session_id)))
    captured = {event.id for event in events_of(session_id)}

    process.kill()
    await process.wait()
    await DebugSessions(browser_settings).recover()  # the other tests' instance may have done it already

    session = stored(session_id)
    assert (session.state, session.success, session.error_message) == ("FAILED", False, LEFT_BEHIND)
    assert session.request_count == len({event.exchange_id for event in events_of(session_id)})
    assert captured <= {event.id for event in events_of(session_id)}
    await until(lambda: not running_in(int(browser_group)))
    await until(lambda: not profile.exists())
