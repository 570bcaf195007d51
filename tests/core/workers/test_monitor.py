"""The monitor checks real websites on loopback, stores the results in a real store, and survives failures."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core import signals
from core.clock import utc_now
from core.database import in_session
from core.errors import NotFound
from core.models import MonitorStatus, Website
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.schemas import MaintenanceWindowCreate, WebsiteCreate, WebsiteUpdate
from core.services import DowntimeWindowCRUD, MaintenanceWindowCRUD, MonitorCheckCRUD, WebsiteCRUD
from core.workers import monitor as monitor_module
from core.workers.failure_policy import FailurePolicy
from core.workers.monitor import NOTHING_READ, UNSET, Monitor
from core.workers.own_network_guard import OwnNetworkGuard
from tests.core.monitoring import servers
from tests.core.monitoring.servers import raw_server
from tests.core.monitoring.test_probe_hostile import certified
from tests.sites.flaky import FlakySite
from tests.sites.serving import port_of, refusing
from tests.waiting import until

SOON = 10.0  # s; everything awaited here takes well under one


@pytest.fixture
async def monitor(stored: Engine, tmp_path: Path) -> AsyncIterator[Monitor]:
    monitor = Monitor(tmp_path, FailurePolicy(confirmation=Confirmation(retries=1), retry_seconds=1))
    await monitor.start()
    yield monitor
    await monitor.stop()


@pytest.fixture
def site() -> Iterator[FlakySite]:
    with FlakySite() as site:
        yield site


async def test_a_new_website_is_checked_at_once(monitor: Monitor, site: FlakySite) -> None:
    heard = hear(signals.check_recorded)

    website = await watch(site)

    fact = await heard()
    check = await in_session(MonitorCheckCRUD.get_by_id, fact.check_id)
    assert check is not None
    assert (check.website_id, check.status, check.http_status_code) == (website.id, MonitorStatus.UP, 200)


async def test_a_canary_in_maintenance_is_no_sign_of_our_own_network(stored: Engine, tmp_path: Path) -> None:
    with refusing() as holder:
        urls = [f"http://{host}:{port_of(holder)}/" for host in ("localhost", "127.0.0.1")]
        resting, other = [await in_session(WebsiteCRUD.create, WebsiteCreate(url=url)) for url in urls]
        plan = {"name": "Move", "website_id": resting.id, "starts_at": utc_now(), "duration_seconds": 3_600}
        await in_session(MaintenanceWindowCRUD.create, MaintenanceWindowCreate.model_validate(plan))
        monitor = Monitor(tmp_path, FailurePolicy(canaries=(urls[0],)))
        heard = hear(signals.check_recorded)
        await monitor.start()

        while (fact := await heard()).website_id != other.id:
            pass
        await monitor.stop()

    check = await in_session(MonitorCheckCRUD.get_by_id, fact.check_id)
    assert check is not None
    assert check.status == MonitorStatus.DOWN


async def test_an_outage_opens_a_window_and_recovery_closes_it(stored: Engine, site: FlakySite, tmp_path: Path) -> None:
    website = await watch(site, check_interval=3_600)
    heard, made = hear(signals.window_changed), hear(signals.check_recorded)
    monitor = Monitor(tmp_path, FailurePolicy(confirmation=Confirmation(retries=1), retry_seconds=3_600))
    await monitor.start()
    await made()

    site.go_down()
    await monitor.check_now(website.id)
    await monitor.check_now(website.id)
    opened = await heard()
    site.go_up()
    await monitor.check_now(website.id)
    closed = await heard()

    assert opened == closed
    window = await in_session(DowntimeWindowCRUD.get_by_id, opened.window_id)
    assert window is not None
    assert window.ended_at is not None
    assert (window.affected_checks_count, window.recovery_status) == (2, MonitorStatus.UP)
    await monitor.stop()


async def test_a_failing_website_is_checked_again_before_its_interval_has_passed(
    monitor: Monitor, site: FlakySite
) -> None:
    heard = hear(signals.window_changed)
    site.go_down()

    await watch(site, check_interval=3_600)

    window = await in_session(DowntimeWindowCRUD.get_by_id, (await heard()).window_id)
    assert window is not None
    assert window.affected_checks_count == 2


async def test_a_paused_website_is_not_checked_and_a_resumed_one_is(monitor: Monitor, site: FlakySite) -> None:
    heard = hear(signals.check_recorded)
    website = await watch(site, is_active=False)
    await in_session(WebsiteCRUD.update, website.id, WebsiteUpdate(is_active=True))
    tell(website)

    fact = await heard()

    assert fact.website_id == website.id
    assert len(site.log) == 1


async def test_a_resumed_website_is_checked_at_once_even_after_a_recent_check(
    monitor: Monitor, site: FlakySite
) -> None:
    heard = hear(signals.check_recorded)
    website = await watch(site, check_interval=3_600)
    await heard()

    await in_session(WebsiteCRUD.update, website.id, WebsiteUpdate(is_active=False))
    tell(website)
    await until(lambda: website.id not in monitor._known.watched)
    await in_session(WebsiteCRUD.update, website.id, WebsiteUpdate(is_active=True))
    tell(website)

    assert (await heard()).website_id == website.id


async def test_a_website_with_changed_check_options_is_checked_at_once(monitor: Monitor, site: FlakySite) -> None:
    heard = hear(signals.check_recorded)
    website = await watch(site, check_interval=3_600)
    await heard()

    for changes in ({"name": "Another name"}, {"check_options": {"body_contains": "nowhere in it"}}):
        await in_session(WebsiteCRUD.update, website.id, WebsiteUpdate(**changes))
        tell(website)

    check = await in_session(MonitorCheckCRUD.get_by_id, (await heard()).check_id)
    assert check is not None and check.status == MonitorStatus.DOWN


async def test_a_check_with_outdated_settings_is_discarded(monitor: Monitor, site: FlakySite) -> None:
    heard = hear(signals.check_recorded)
    site.delay_seconds = 0.5
    website = await watch(site, check_interval=3_600)
    await until(lambda: len(site.log) == 1)

    site.delay_seconds = 0.0
    await in_session(WebsiteCRUD.update, website.id, WebsiteUpdate(url=f"{site.url}new"))
    tell(website)

    check = await in_session(MonitorCheckCRUD.get_by_id, (await heard()).check_id)
    assert check is not None and check.status == MonitorStatus.UP
    assert [entry.path for entry in site.log] == ["/", "/new"]


async def test_a_website_added_by_another_process_is_found(monitor: Monitor, site: FlakySite) -> None:
    heard = hear(signals.check_recorded)

    website = await in_session(WebsiteCRUD.create, WebsiteCreate(url=site.url))

    assert (await heard()).website_id == website.id


async def test_a_website_has_one_running_check_at_most(monitor: Monitor, site: FlakySite) -> None:
    site.delay_seconds = 0.3
    website = await watch(site)

    await asyncio.gather(*(monitor.check_now(website.id) for _ in range(5)))

    assert len(site.log) == 1


async def test_a_check_requested_at_the_end_of_another_is_made(monitor: Monitor, site: FlakySite) -> None:
    kept: asyncio.Queue[JudgedResult] = asyncio.Queue()

    def keep(judged: JudgedResult) -> None:
        kept.put_nowait(judged)
        if kept.qsize() == 1:
            monitor._check_all_soon([judged.website_id])

    monitor._guard = OwnNetworkGuard(keep, monitor._check_all_soon)
    await watch(site, check_interval=3_600)

    await until(lambda: kept.qsize() >= 2)


async def test_a_check_is_held_while_the_store_is_unavailable_and_stored_with_its_own_time(
    monitor: Monitor, site: FlakySite, stored: Engine
) -> None:
    website = await watch(site, is_active=False)
    heard = hear(signals.check_recorded)
    with stored.connect() as connection:
        connection.execute(text("ALTER TABLE monitor_checks RENAME TO away"))
        connection.commit()
        await monitor.check_now(website.id)
        connection.execute(text("ALTER TABLE away RENAME TO monitor_checks"))
        connection.commit()

    fact = await heard()

    check = await in_session(MonitorCheckCRUD.get_by_id, fact.check_id)
    assert check is not None
    assert check.checked_at < check.created_at


async def test_a_wrong_clock_makes_no_website_down_and_is_reported(
    stored: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock_at: Callable[[datetime], None]
) -> None:
    tls = certified(tmp_path, "localhost", from_days=1, until_days=2)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "chain.pem"))
    clock_at(datetime(1970, 1, 1, 0, 1, tzinfo=UTC))
    heard = hear(signals.check_recorded)
    monitor = Monitor(tmp_path, FailurePolicy(retry_seconds=1))

    with raw_server(servers.answer(servers.OK), tls=tls) as server:
        await in_session(WebsiteCRUD.create, WebsiteCreate(url=server.https_url, check_interval=3_600))
        await monitor.start()
        facts = [await heard(), await heard()]  # the second one soon, as the clock may be set at any moment
        await monitor.stop()

    checks = [await in_session(MonitorCheckCRUD.get_by_id, fact.check_id) for fact in facts]
    assert [check and check.status for check in checks] == [MonitorStatus.UNKNOWN] * 2
    assert monitor.trouble == UNSET


async def test_an_unreadable_store_is_reported_until_it_is_readable(
    site: FlakySite, stored: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor_module, "STORE_POLL_SECONDS", 0.05)
    website = await watch(site)
    rename(stored, "websites", "away")
    monitor = Monitor(tmp_path)
    await monitor.start()

    await until(lambda: monitor.trouble)
    assert monitor.trouble == NOTHING_READ

    rename(stored, "away", "websites")
    await until(lambda: not monitor.trouble)
    assert website.id in monitor._agenda
    await monitor.stop()


def rename(store: Engine, before: str, after: str) -> None:
    with store.connect() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
        connection.commit()


async def test_checking_a_missing_website_is_an_error(monitor: Monitor) -> None:
    with pytest.raises(NotFound, match="no website 999"):
        await monitor.check_now(999)


async def test_stopping_stores_completed_checks(stored: Engine, site: FlakySite, tmp_path: Path) -> None:
    website = await in_session(WebsiteCRUD.create, WebsiteCreate(url=site.url, is_active=False))
    monitor = Monitor(tmp_path)
    await monitor.start()
    await monitor.check_now(website.id)

    await monitor.stop()

    assert await in_session(MonitorCheckCRUD.get_latest_by_website, website.id) is not None


async def test_stopping_stores_undelivered_results(stored: Engine, site: FlakySite, tmp_path: Path) -> None:
    websites = [
        await in_session(WebsiteCRUD.create, WebsiteCreate(url=f"{site.url}?{number}", is_active=False))
        for number in range(2)
    ]
    monitor = Monitor(tmp_path)
    await monitor.start()
    await monitor.check_now(websites[0].id)
    second = asyncio.create_task(monitor.check_now(websites[1].id))
    await until(lambda: monitor._prober._undelivered)

    await monitor.stop()

    await asyncio.wait([second])
    assert await in_session(MonitorCheckCRUD.get_latest_by_website, websites[1].id) is not None


async def watch(site: FlakySite, **fields: Any) -> Website:
    website = await in_session(WebsiteCRUD.create, WebsiteCreate(url=site.url, **fields))
    tell(website)
    return website


def tell(website: Website) -> None:
    signals.website_changed.send(signals.WebsiteChanged(website_id=website.id))


def hear(signal: signals.Signal[Any]) -> Callable[[], Any]:
    """A function that awaits the next fact of *signal*."""
    facts: asyncio.Queue[Any] = asyncio.Queue()
    signal.connect(facts.put_nowait)
    return lambda: asyncio.wait_for(facts.get(), SOON)
