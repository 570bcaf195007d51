"""Uptime Kuma's data is read and stored, website by website."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.importers.import_data import History, HistoryCheck, ImportData
from core.importers.kuma import read_backup, read_database
from core.importers.kuma_monitor import read_monitors
from core.importers.store_import import ImportResult, store_import
from core.models import MonitorStatus, Website
from core.schemas.status_page import StatusPageCreate
from core.sealing import Sealer
from core.services import (
    DowntimeWindowCRUD,
    MaintenanceWindowCRUD,
    MonitorCheckCRUD,
    NotificationChannelCRUD,
    NotificationRuleCRUD,
    StatusPageCRUD,
    TagCRUD,
    WebsiteCRUD,
    statistics,
    status_groups,
)
from tests.core.importers.kuma_file import START, make_kuma

SEALER = Sealer(b"a key of tests that is long enough")
FIRST = START + timedelta(milliseconds=123)


def taken(db: Session, path: Path, *, is_dry_run: bool = False) -> ImportResult:
    return store_import(db, read_database(path), SEALER, is_dry_run=is_dry_run)


def shop_of(db: Session) -> Website:
    shop = WebsiteCRUD.get_by_url(db, "https://shop.example")
    assert shop is not None
    return shop


def test_each_monitor_becomes_an_equal_website(store: Session, tmp_path: Path) -> None:
    taken(store, make_kuma(tmp_path / "kuma.db"))

    websites = {website.name: website for website in WebsiteCRUD.get_all(store)[0]}
    assert set(websites) == {"Shop", "Login", "API", "Odd"}
    assert (websites["Shop"].check_interval, websites["Shop"].timeout) == (60, 48)
    assert TagCRUD.names_of(store, websites["Shop"].id) == ["prod", "services", "team: web"]
    assert websites["Shop"].check_options == {"accepted_statuses": "200-299"}
    assert websites["Login"].check_options == {
        "method": "POST",
        "body": '{"a": 1}',
        "headers": {"X-Key": "hush", "Content-Type": "application/json"},
        "basic_auth": {"username": "ada", "password": "hush"},
        "accepted_statuses": "200-299,401",
        "verify_tls": False,
        "follow_redirects": False,
        "body_contains": "Welcome",
        "proxy": "http://u:hush@proxy.example:3128",
    }
    assert (websites["API"].check_options or {})["json_equals"] == [{"path": "$.a.b", "equals": "ok"}]


def test_history_becomes_checks_and_windows_from_the_first_failure(store: Session, tmp_path: Path) -> None:
    done = taken(store, make_kuma(tmp_path / "kuma.db"))

    shop = shop_of(store)
    checks, total = MonitorCheckCRUD.get_by_website(store, shop.id, limit=1_000)
    windows, _count = DowntimeWindowCRUD.get_by_website(store, shop.id)
    assert (done.checks, done.windows, total) == (180, 1, 180)
    assert checks[-1].checked_at == FIRST and (checks[-1].response_time_ms, checks[-1].http_status_code) == (42, 200)
    assert sum(check.status is MonitorStatus.DOWN for check in checks) == 5
    assert sum(check.status is MonitorStatus.UNKNOWN for check in checks) == 1
    assert windows[0].started_at == FIRST + timedelta(minutes=60)
    assert windows[0].ended_at == FIRST + timedelta(minutes=64)
    assert (windows[0].affected_checks_count, windows[0].root_cause) == (4, "connect ECONNREFUSED")
    told = statistics.uptime(store, [shop.id], since=FIRST, until=FIRST + timedelta(minutes=179))[shop.id]
    assert told.down_seconds == 240 and told.coverage == pytest.approx(178 / 179)


def test_downtime_while_kuma_was_stopped_is_known_until_its_last_check(store: Session) -> None:
    down = [HistoryCheck(at=START + timedelta(minutes=minute), status=MonitorStatus.DOWN) for minute in range(1, 11)]
    beats = [
        HistoryCheck(at=START, status=MonitorStatus.UP),
        *(replace(beat, is_confirmed=True) for beat in down),
        HistoryCheck(at=START + timedelta(hours=2), status=MonitorStatus.UP),
    ]
    found = ImportData(source="a file", pasts={"https://stopped.example": History(beats=lambda: beats)})
    found.add("websites", {"url": "https://stopped.example", "name": "Stopped", "check_interval": 60, "timeout": 10})

    store_import(store, found, SEALER, is_dry_run=False)

    website = WebsiteCRUD.get_by_url(store, "https://stopped.example")
    assert website is not None
    hour = statistics.uptime(store, [website.id], since=START, until=START + timedelta(hours=1))[website.id]
    assert hour.down_seconds == pytest.approx(9 * 60 + 150)


def test_importing_twice_changes_nothing(store: Session, tmp_path: Path) -> None:
    path = make_kuma(tmp_path / "kuma.db")
    first = taken(store, path)

    again = taken(store, path)

    assert (again.steps, again.checks, again.windows) == ([], 0, 0)
    assert again.there == len(first.steps)


def test_daily_statistics_of_version_2_become_known_time(store: Session, tmp_path: Path) -> None:
    done = taken(store, make_kuma(tmp_path / "kuma.db", version=2))

    shop, first = shop_of(store), START - timedelta(days=2)
    told = statistics.uptime(store, [shop.id], since=first, until=first + timedelta(days=1))[shop.id]
    assert done.windows == 2
    assert told.coverage == 1 and told.down_seconds == 3_600


def test_notifications_become_channels_and_rules(db: Session, tmp_path: Path) -> None:
    taken(db, make_kuma(tmp_path / "kuma.db"))

    channels = {channel.name: SEALER.open(channel.sealed_address) for channel in NotificationChannelCRUD.get_all(db)[0]}
    rules = {rule.name: rule for rule in NotificationRuleCRUD.get_all(db)[0]}
    assert set(channels) == {"Phone", "Mail"}
    assert "ntfys://ntfy.example/alarms" in channels["Phone"]
    assert '"kuma@smtp.example"' in channels["Mail"] and '"tls"' in channels["Mail"]
    assert set(rules) == {"Phone: all", "Mail: https://shop.example"}
    assert rules["Phone: all"].website_id is None


def test_resend_intervals_become_reminders(db: Session, tmp_path: Path) -> None:
    path = make_kuma(tmp_path / "kuma.db")
    with closing(sqlite3.connect(path)) as kuma, kuma:
        kuma.execute("UPDATE monitor SET resend_interval = 10 WHERE name = 'Shop'")
        kuma.execute("UPDATE monitor SET resend_interval = 1 WHERE name = 'Login'")

    taken(db, path)

    rules = {rule.name: rule.remind_seconds for rule in NotificationRuleCRUD.get_all(db)[0]}
    assert rules == {
        "Mail: https://shop.example": 600,
        "Phone: https://api.example": 0,
        "Phone: https://login.example/": 60,  # the minimum: 30 s is less than a rule allows
        "Phone: https://odd.example": 0,
        "Phone: https://shop.example": 600,
    }


def test_maintenance_keeps_its_time_zone(db: Session, tmp_path: Path) -> None:
    taken(db, make_kuma(tmp_path / "kuma.db"))

    plans = {plan.name: plan for plan in MaintenanceWindowCRUD.get_all(db)[0]}
    assert plans["Move"].starts_at == datetime(2026, 3, 1, 22, tzinfo=UTC) and plans["Move"].duration_seconds == 10_800
    assert plans["Sunday"].recurrence == "FREQ=WEEKLY;BYDAY=SU" and plans["Sunday"].timezone == "Europe/Berlin"
    assert plans["Sunday"].starts_at == datetime(2026, 1, 1, 22, 30, tzinfo=UTC)
    assert plans["Sunday"].duration_seconds == 3_600


def test_unsupported_entries_are_reported(db: Session, tmp_path: Path) -> None:
    done = taken(db, make_kuma(tmp_path / "kuma.db"), is_dry_run=True)

    assert WebsiteCRUD.get_all(db)[1] == 0
    assert [left.what for left in done.left] == [
        "expectation of Odd",
        "monitor Router",
        "monitor Not there",
        "monitor Shop again",
        "notification Lamp",
        "maintenance Cron",
        "1 account",
    ]


def test_an_existing_website_keeps_its_settings_and_gets_the_history(db: Session, tmp_path: Path) -> None:
    ours = Website(url="https://shop.example/", name="Ours", check_interval=300, timeout=5)
    db.add(ours)
    db.flush()

    done = taken(db, make_kuma(tmp_path / "kuma.db"))

    assert (ours.name, ours.check_interval) == ("Ours", 300)
    assert done.checks == 180 and done.there == 1


def test_a_backup_is_imported(db: Session) -> None:
    backup = {
        "version": "1.23.0",
        "notificationList": [
            {"id": 7, "name": "Chat", "config": '{"type": "apprise", "appriseURL": "json://x"}', "active": True}
        ],
        "monitorList": [
            {
                "id": 1,
                "name": "Shop",
                "type": "keyword",
                "url": "https://shop.example",
                "interval": 20,
                "resendInterval": 15,
                "keyword": "Basket",
                "invertKeyword": True,
                "ignoreTls": True,
                "accepted_statuscodes": ["200-299"],
                "notificationIDList": {"7": True},
                "tags": [{"name": "Prod", "value": ""}],
            }
        ],
    }

    store_import(db, read_backup(backup), SEALER, is_dry_run=False)

    shop = shop_of(db)
    assert shop.check_options == {"accepted_statuses": "200-299", "verify_tls": False, "body_excludes": "Basket"}
    assert TagCRUD.names_of(db, shop.id) == ["prod"]
    assert [(rule.name, rule.remind_seconds) for rule in NotificationRuleCRUD.get_all(db)[0]] == [("Chat: all", 300)]


def test_another_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"SQLite format 3\0" + b"x" * 200)

    with pytest.raises(InvalidInput, match="not a readable Uptime Kuma database"):
        read_database(tmp_path / "other.db")


@pytest.mark.parametrize("broken", ["DROP TABLE heartbeat", "UPDATE heartbeat SET time = 'soon' WHERE id = 9"])
def test_an_unreadable_history_is_refused(db: Session, tmp_path: Path, broken: str) -> None:
    path = make_kuma(tmp_path / "kuma.db")
    with closing(sqlite3.connect(path)) as kuma, kuma:
        kuma.execute(broken)

    with pytest.raises(InvalidInput, match="The history in .*kuma.db cannot be read, so nothing was imported"):
        taken(db, path)


@pytest.mark.parametrize("interval", ["often", float("inf")])
def test_a_malformed_monitor_is_skipped(interval: object) -> None:
    shop = {"id": 1, "name": "Shop", "type": "http", "url": "https://shop.example"}
    odd = {"id": 2, "name": "Odd", "type": "http", "url": "https://odd.example", "interval": interval}
    lamp = {"id": 3, "name": "Lamp", "config": None, "active": 1}

    found = read_backup({"monitorList": [odd, shop], "notificationList": [lamp, {"id": 4, "name": "Bell"}]})

    assert [one["name"] for one in found.sections["websites"]] == ["Shop"]
    assert [(left.what, left.why) for left in found.left] == [
        ("monitor Odd", "A value in it is missing or has the wrong format."),
        ("notification Lamp", "Its settings are truncated in the file. Add the channel manually."),
        ("notification Bell", "It has no config."),
    ]


@pytest.mark.parametrize(
    ("monitors", "says"),
    [
        (5, "monitorList is not a list."),
        ([[]], "Entry 1 of monitorList is not an object with names and values."),
        ([{}], "Entry 1 of monitorList has no id."),
    ],
)
def test_an_invalid_backup_is_refused(monitors: object, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_backup({"monitorList": monitors})


def test_websites_in_a_paused_group_are_paused() -> None:
    web = {"type": "http", "active": 1}
    found = ImportData(source="")

    read_monitors(
        [
            {"id": 1, "type": "group", "name": "Old", "active": 0},
            {"id": 2, "type": "group", "name": "Older", "active": 1, "parent": 1},
            {"id": 3, "type": "group", "name": "Round", "active": 1, "parent": 3},
            web | {"id": 4, "name": "a", "url": "https://a.example", "parent": 2},
            web | {"id": 5, "name": "b", "url": "https://b.example", "parent": 3},
            web | {"id": 6, "name": "c", "url": "https://c.example", "parent": None},
        ],
        {},
        {},
        found,
    )

    assert [(one["name"], one["is_active"]) for one in found.sections["websites"]] == [
        ("a", False),
        ("b", True),
        ("c", True),
    ]


def test_a_backups_ip_version_and_hyphenated_json_keys_are_kept() -> None:
    monitor = {"id": 1, "name": "API", "url": "https://api.example", "type": "json-query", "ipFamily": "ipv6"}
    found = read_backup({"monitorList": [monitor | {"jsonPath": "$.my-key", "expectedValue": "ok"}]})

    assert found.sections["websites"][0]["check_options"] == {
        "accepted_statuses": "200-299",
        "ip_version": "6",
        "json_equals": [{"path": "$['my-key']", "equals": "ok"}],
    }


def test_copies_of_mails_keep_their_recipients() -> None:
    mail = {"type": "smtp", "smtpHost": "mail.example", "smtpFrom": "a@a.example", "smtpTo": "b@a.example"}
    mail |= {"smtpCC": "c@a.example, Dee <d@a.example>", "smtpBCC": ""}
    notification = {"id": 1, "name": "Mail", "active": True, "config": json.dumps(mail)}

    channels = read_backup({"monitorList": [], "notificationList": [notification]}).sections["channels"]

    assert channels[0]["address"]["recipients"] == ["b@a.example", "c@a.example", "d@a.example"]


@pytest.mark.parametrize(
    ("expected", "wanted", "is_told"),
    [
        ("200", 200, True),
        ("-1.5", -1.5, True),
        ("true", True, True),
        ("ok", "ok", False),
        ("1.0", "1.0", False),
        ("1e3", "1e3", False),
        ("-0", "-0", False),
        ("NaN", "NaN", False),
        ("null", "null", False),
        ("", "", False),
    ],
)
def test_an_expected_value_that_kuma_compares_as_text_is_reported(expected: str, wanted: object, is_told: bool) -> None:
    monitor = {"id": 1, "name": "API", "url": "https://api.example", "type": "json-query"}

    found = read_backup({"monitorList": [monitor | {"jsonPath": "$.code", "expectedValue": expected}]})

    (website,) = found.sections["websites"]
    assert website["check_options"]["json_equals"] == [{"path": "$.code", "equals": wanted}]
    assert ("expectation of API" in [one.what for one in found.left]) is is_told


def grouped(count: int = 8) -> dict[str, Any]:
    """Websites in nested groups; the group has a notification, and each website another one."""
    web = {"type": "http", "tags": [], "notificationIDList": {"2": True}}
    shops = [web | {"id": 10 + n, "name": f"s{n}", "url": f"https://s{n}.example", "parent": 2} for n in range(count)]
    return {
        "notificationList": [
            {"id": 1, "name": "Chat", "active": True, "config": '{"type": "apprise", "appriseURL": "json://x"}'},
            {"id": 2, "name": "Bell", "active": True, "config": '{"type": "apprise", "appriseURL": "json://y"}'},
        ],
        "monitorList": [
            {"id": 1, "type": "group", "name": "Acme", "notificationIDList": {"1": True}},
            {"id": 2, "type": "group", "name": "Live", "parent": 1},
            {"id": 3, "type": "http", "name": "Other", "url": "https://other.example"},
            *shops,
        ],
    }


def rules_of(db: Session) -> dict[str, str | None]:
    """The tag of each rule, by its name."""
    tags = {tag.id: tag.name for tag in TagCRUD.get_all(db)[0]}
    return {rule.name: tags.get(rule.tag_id or 0) for rule in NotificationRuleCRUD.get_all(db)[0]}


def test_a_notification_of_a_group_becomes_a_rule_for_its_tag(db: Session) -> None:
    store_import(db, read_backup(grouped(2)), SEALER, is_dry_run=False)

    first = WebsiteCRUD.get_by_url(db, "https://s0.example")
    assert first is not None and TagCRUD.names_of(db, first.id) == ["acme", "live"]
    assert rules_of(db)["Chat: acme"] == "acme"


def test_a_notification_of_many_websites_becomes_one_rule(db: Session) -> None:
    backup = grouped()
    backup["monitorList"][-1]["notificationIDList"] = {}

    store_import(db, read_backup(backup), SEALER, is_dry_run=False)
    again = store_import(db, read_backup(backup), SEALER, is_dry_run=False)

    first = WebsiteCRUD.get_by_url(db, "https://s0.example")
    assert rules_of(db) == {"Chat: acme": "acme", "Bell": "notification: bell"}
    assert first is not None and "notification: bell" in TagCRUD.names_of(db, first.id)
    assert again.steps == []


def test_two_spellings_of_a_url_become_one_website(db: Session) -> None:
    backup = grouped()
    backup["monitorList"].append(backup["monitorList"][3] | {"id": 99, "name": "Again", "url": "HTTPS://S0.example/"})
    backup["monitorList"][3]["notificationIDList"] = {}

    found = read_backup(backup)
    store_import(db, found, SEALER, is_dry_run=False)
    again = store_import(db, read_backup(backup), SEALER, is_dry_run=False)

    first = WebsiteCRUD.get_by_url(db, "https://s0.example")
    assert first is not None and TagCRUD.names_of(db, first.id) == ["acme", "live"]
    assert [left.why for left in found.left if left.what == "monitor Again"] == [
        "Another monitor already checks HTTPS://S0.example/. They become one website, with the notifications of both."
    ]
    assert again.steps == []


def test_notifications_of_a_second_monitor_are_kept(db: Session) -> None:
    backup = grouped(1)
    words = {"type": "keyword", "keyword": "Basket", "url": "https://other.example/", "notificationIDList": {"2": True}}
    backup["monitorList"].append({"id": 99, "name": "Other, too"} | words)

    store_import(db, read_backup(backup), SEALER, is_dry_run=False)

    other = WebsiteCRUD.get_by_url(db, "https://other.example")
    rules = [rule for rule in NotificationRuleCRUD.get_all(db)[0] if rule.name.startswith("Bell")]
    assert other is not None and other.name == "Other"
    assert [rule.website_id for rule in rules if rule.website_id in (None, other.id)] == [
        None
    ]  # the rule for all websites


def test_an_existing_website_without_the_tag_gets_its_own_rule(db: Session) -> None:
    db.add(Website(url="https://s0.example/", name="Ours", check_interval=300, timeout=5))
    db.flush()

    store_import(db, read_backup(grouped(3)), SEALER, is_dry_run=False)

    assert rules_of(db) == {
        "Chat: acme": "acme",
        "Chat: https://s0.example": None,
        "Bell: acme": "acme",
        "Bell: https://s0.example": None,
    }


def test_maintenance_of_a_group_becomes_one_window_for_its_tag(db: Session, tmp_path: Path) -> None:
    path = make_kuma(tmp_path / "kuma.db")
    with closing(sqlite3.connect(path)) as kuma, kuma:
        kuma.execute("UPDATE monitor SET parent = 1 WHERE type <> 'group'")
        kuma.execute("INSERT INTO monitor (name, type, url) VALUES ('Apart', 'http', 'https://apart.example')")
        kuma.execute("UPDATE monitor_maintenance SET monitor_id = 1 WHERE maintenance_id = 2")

    taken(db, path)

    tags = {tag.id: tag.name for tag in TagCRUD.get_all(db)[0]}
    (sunday,) = [plan for plan in MaintenanceWindowCRUD.get_all(db)[0] if plan.name == "Sunday"]
    assert tags[sunday.tag_id or 0] == "services" and sunday.website_id is None


def test_certificate_notifications_are_kept(db: Session) -> None:
    backup = grouped(2)
    backup["monitorList"][-1]["expiryNotification"] = True

    store_import(db, read_backup(backup), SEALER, is_dry_run=False)

    rules = {rule.name: rule for rule in NotificationRuleCRUD.get_all(db)[0]}
    assert "CERTIFICATE" in rules["Chat: acme"].events and rules["Chat: acme"].certificate_days == 21


def test_a_status_page_keeps_its_groups(db: Session, tmp_path: Path) -> None:
    path = with_page(make_kuma(tmp_path / "kuma.db"))

    done = taken(db, path)
    again = taken(db, path)

    ((page,), _total) = StatusPageCRUD.get_all(db)
    groups = status_groups.stored(db, [page.id])[page.id]
    names = {website.id: website.name for website in WebsiteCRUD.get_all(db)[0]}
    assert (page.slug, page.title, page.domain, page.is_published) == ("all", "All of ours", "status.example", True)
    assert [(group.name, [names[one] for one in group.website_ids]) for group in groups] == [
        ("Apps", ["Login", "Shop"]),
        ("Other", ["API"]),
    ]
    assert [left.what for left in done.left if "status page" in left.what] == [
        "domain status2.example of status page All of ours",
        "design of status page All of ours",
    ]
    assert again.steps == []


def test_groups_without_status_pages_are_ignored(db: Session, tmp_path: Path) -> None:
    path = with_page(make_kuma(tmp_path / "kuma.db"))
    with closing(sqlite3.connect(path)) as kuma, kuma:  # as before version 1.13
        kuma.executescript('DROP TABLE status_page; ALTER TABLE "group" DROP COLUMN status_page_id;')

    done = taken(db, path)

    assert "status_page" not in {step.kind for step, _row_id in done.done}
    assert WebsiteCRUD.get_by_url(db, "https://shop.example") is not None


def test_a_domain_of_another_page_is_not_taken(db: Session, tmp_path: Path) -> None:
    StatusPageCRUD.create(db, StatusPageCreate(slug="mine", title="Mine", domain="status.example"), None)

    done = taken(db, with_page(make_kuma(tmp_path / "kuma.db")))

    pages = {page.slug: page.domain for page in StatusPageCRUD.get_all(db)[0]}
    assert pages == {"mine": "status.example", "all": None}
    assert "Another status page uses it." in [left.why for left in done.left]


def with_page(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as kuma, kuma:
        kuma.execute("UPDATE status_page SET custom_css = 'body { color: red }'")
        kuma.execute("INSERT INTO status_page_cname (status_page_id, domain) VALUES (1, 'status.example')")
        kuma.execute("INSERT INTO status_page_cname (status_page_id, domain) VALUES (1, 'status2.example')")
        kuma.executemany(
            'INSERT INTO "group" (name, public, weight, status_page_id) VALUES (?, ?, ?, 1)',
            [("Other", 1, 2), ("Apps", 1, 1), ("Hidden", 0, 3)],
        )
        kuma.executemany(
            "INSERT INTO monitor_group (monitor_id, group_id, weight) VALUES (?, ?, ?)",
            [(2, 2, 2), (3, 2, 1), (2, 1, 1), (4, 1, 2), (8, 1, 3), (5, 3, 1)],
        )
    return path


def test_maintenance_by_cron_becomes_a_recurrence(db: Session, tmp_path: Path) -> None:
    path = make_kuma(tmp_path / "kuma.db")
    with closing(sqlite3.connect(path)) as kuma, kuma:
        kuma.execute("UPDATE maintenance SET cron = '15 3 * * 1-5', duration = 5400 WHERE title = 'Cron'")

    taken(db, path)

    (plan,) = [plan for plan in MaintenanceWindowCRUD.get_all(db)[0] if plan.name == "Cron"]
    assert (plan.recurrence, plan.timezone) == ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Europe/Berlin")
    assert (plan.duration_seconds, plan.starts_at.hour, plan.starts_at.minute) == (5_400, 2, 15)


def test_a_rule_for_all_websites_is_reported_if_there_are_others(db: Session, tmp_path: Path) -> None:
    path = make_kuma(tmp_path / "kuma.db")
    db.add(Website(url="https://another-client.example/", name="Theirs", check_interval=60, timeout=5))
    db.flush()

    done, again = taken(db, path), taken(db, path)

    told = [left.why for left in done.left if left.what == "rule Phone: all"]
    assert told and "including 1 website outside the file" in told[0]
    assert "rule Phone: all" not in [left.what for left in again.left]
