"""Writes a small kuma.db with the tables of Uptime Kuma 1.23 or 2.0, and a week of history."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 2, 1, tzinfo=UTC)
"""When its past begins, UTC; a beat a minute follows for three hours."""
SCHEMA = """
CREATE TABLE monitor (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(150), active BOOLEAN DEFAULT 1 NOT NULL,
  user_id INTEGER, interval INTEGER DEFAULT 20 NOT NULL, url TEXT, type VARCHAR(20), hostname VARCHAR(255),
  keyword VARCHAR(255), maxretries INTEGER NOT NULL DEFAULT 0, ignore_tls BOOLEAN DEFAULT 0 NOT NULL,
  upside_down BOOLEAN DEFAULT 0 NOT NULL, maxredirects INTEGER DEFAULT 10 NOT NULL,
  accepted_statuscodes_json TEXT DEFAULT '["200-299"]' NOT NULL, method TEXT DEFAULT 'GET' NOT NULL, body TEXT,
  headers TEXT, basic_auth_user TEXT, basic_auth_pass TEXT, proxy_id INTEGER, auth_method VARCHAR(250),
  http_body_encoding VARCHAR(25), description TEXT, parent INTEGER, invert_keyword BOOLEAN DEFAULT 0 NOT NULL,
  json_path TEXT, expected_value VARCHAR(255), timeout DOUBLE DEFAULT 0 NOT NULL,
  resend_interval INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE heartbeat (id INTEGER PRIMARY KEY AUTOINCREMENT, important BOOLEAN NOT NULL DEFAULT 0,
  monitor_id INTEGER NOT NULL, status SMALLINT NOT NULL, msg TEXT, time DATETIME NOT NULL, ping INTEGER,
  duration INTEGER NOT NULL DEFAULT 0, down_count INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE user (id INTEGER PRIMARY KEY AUTOINCREMENT, username VARCHAR(255) NOT NULL);
CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL, color VARCHAR(255) NOT NULL);
CREATE TABLE monitor_tag (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER, tag_id INTEGER, value TEXT);
CREATE TABLE setting (id INTEGER PRIMARY KEY AUTOINCREMENT, key VARCHAR(200), value TEXT, type VARCHAR(20));
CREATE TABLE notification (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255), config VARCHAR(255),
  active BOOLEAN NOT NULL DEFAULT 1, user_id INTEGER NOT NULL, is_default BOOLEAN DEFAULT 0 NOT NULL);
CREATE TABLE monitor_notification (id INTEGER PRIMARY KEY, monitor_id INTEGER, notification_id INTEGER);
CREATE TABLE proxy (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER, protocol VARCHAR(10), host VARCHAR(255),
  port SMALLINT, auth BOOLEAN, username VARCHAR(255), password VARCHAR(255), active BOOLEAN NOT NULL DEFAULT 1);
CREATE TABLE maintenance (id INTEGER PRIMARY KEY AUTOINCREMENT, title VARCHAR(150) NOT NULL, description TEXT NOT NULL,
  user_id INTEGER, active BOOLEAN NOT NULL DEFAULT 1, strategy VARCHAR(50) NOT NULL DEFAULT 'single',
  start_date DATETIME, end_date DATETIME, start_time TIME, end_time TIME, weekdays VARCHAR2(250) DEFAULT '[]',
  days_of_month TEXT DEFAULT '[]', interval_day INTEGER, cron TEXT, timezone VARCHAR(255), duration INTEGER);
CREATE TABLE monitor_maintenance (id INTEGER PRIMARY KEY, monitor_id INTEGER, maintenance_id INTEGER);
CREATE TABLE status_page (id INTEGER PRIMARY KEY AUTOINCREMENT, slug VARCHAR(255) NOT NULL, title VARCHAR(255) NOT NULL,
  description TEXT, icon VARCHAR(255) NOT NULL, theme VARCHAR(30) NOT NULL, published BOOLEAN NOT NULL DEFAULT 1,
  footer_text TEXT, custom_css TEXT);
CREATE TABLE status_page_cname (id INTEGER PRIMARY KEY AUTOINCREMENT, status_page_id INTEGER, domain VARCHAR(255));
CREATE TABLE "group" (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(255) NOT NULL,
  public BOOLEAN NOT NULL DEFAULT 0, active BOOLEAN NOT NULL DEFAULT 1, weight BOOLEAN NOT NULL DEFAULT 1000,
  status_page_id INTEGER);
CREATE TABLE monitor_group (id INTEGER PRIMARY KEY AUTOINCREMENT, monitor_id INTEGER NOT NULL,
  group_id INTEGER NOT NULL, weight BOOLEAN NOT NULL DEFAULT 1000, send_url BOOLEAN NOT NULL DEFAULT 0);
"""
OF_VERSION_2 = """
CREATE TABLE stat_daily (id INTEGER PRIMARY KEY, monitor_id INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  ping FLOAT NOT NULL, up SMALLINT NOT NULL, down SMALLINT NOT NULL, ping_min FLOAT, ping_max FLOAT);
CREATE TABLE stat_hourly (id INTEGER PRIMARY KEY, monitor_id INTEGER NOT NULL, timestamp INTEGER NOT NULL,
  ping FLOAT NOT NULL, ping_min FLOAT NOT NULL, ping_max FLOAT NOT NULL, up SMALLINT NOT NULL, down SMALLINT NOT NULL);
"""
MONITORS: list[dict[str, Any]] = [
    {"name": "Services", "type": "group"},
    {"name": "Shop", "type": "http", "url": "https://shop.example", "interval": 60, "parent": 1},
    {
        "name": "Login",
        "type": "keyword",
        "url": "https://login.example/",
        "interval": 30,
        "keyword": "Welcome",
        "method": "POST",
        "body": '{"a": 1}',
        "headers": '{"X-Key": "hush"}',
        "basic_auth_user": "ada",
        "basic_auth_pass": "hush",
        "ignore_tls": 1,
        "maxredirects": 0,
        "accepted_statuscodes_json": '["200-299", "401"]',
        "proxy_id": 1,
    },
    {"name": "API", "type": "json-query", "url": "https://api.example", "json_path": "a.b", "expected_value": "ok"},
    {"name": "Odd", "type": "json-query", "url": "https://odd.example", "json_path": "$sum(x)", "expected_value": "3"},
    {"name": "Router", "type": "ping", "hostname": "192.0.2.1"},
    {"name": "Not there", "type": "http", "url": "https://gone.example", "upside_down": 1},
    {"name": "Shop again", "type": "http", "url": "https://shop.example", "active": 0},
]
NOTIFICATIONS = [
    ("Phone", {"type": "ntfy", "ntfyserverurl": "https://ntfy.example", "ntfytopic": "alarms"}, (2, 3, 4, 5)),
    (
        "Mail",
        {
            "type": "smtp",
            "smtpHost": "smtp.example",
            "smtpPort": 465,
            "smtpSecure": True,
            "smtpFrom": "Kuma <kuma@smtp.example>",
            "smtpTo": "ada@smtp.example, bob@smtp.example",
        },
        (2,),
    ),
    ("Lamp", {"type": "hue"}, (2,)),
]
FAILURES = {60: 2, 61: 0, 62: 0, 63: 0, 100: 2, 120: 3}
"""Minutes of the shop's past that were not up: one that was retried and confirmed, one that was not, maintenance."""


def make_kuma(path: Path, *, version: int = 1, schema: str = SCHEMA) -> Path:
    """Write the file; *schema* may be empty if its tables exist."""
    with closing(sqlite3.connect(path)) as kuma, kuma:
        kuma.executescript(schema + (OF_VERSION_2 if version == 2 else ""))
        fill(kuma, version=version)
    return path


def fill(kuma: sqlite3.Connection, *, version: int) -> None:
    kuma.execute("INSERT INTO user (username) VALUES ('admin')")
    for monitor in MONITORS:
        names, marks = ", ".join(monitor), ", ".join("?" * len(monitor))
        kuma.execute(f"INSERT INTO monitor ({names}) VALUES ({marks})", list(monitor.values()))
    kuma.execute("INSERT INTO tag (name, color) VALUES ('Prod', '#f00'), ('Team', '#0f0')")
    kuma.execute("INSERT INTO monitor_tag (monitor_id, tag_id, value) VALUES (2, 1, ''), (2, 2, 'Web')")
    kuma.execute(
        "INSERT INTO proxy (user_id, protocol, host, port, auth, username, password) "
        "VALUES (1, 'http', 'proxy.example', 3128, 1, 'u', 'hush')"
    )
    kuma.execute("INSERT INTO setting (key, value) VALUES ('serverTimezone', '\"Europe/Berlin\"')")
    for number, (name, config, tied) in enumerate(NOTIFICATIONS, 1):
        kuma.execute("INSERT INTO notification (name, config, user_id) VALUES (?, ?, 1)", (name, json.dumps(config)))
        kuma.executemany(
            "INSERT INTO monitor_notification (monitor_id, notification_id) VALUES (?, ?)",
            [(monitor_id, number) for monitor_id in tied],
        )
    kuma.executemany(
        "INSERT INTO maintenance (title, description, strategy, start_date, end_date, start_time, end_time, weekdays, "
        "timezone, cron) VALUES (?, '', ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            ("Move", "single", "2026-03-01 22:00:00", "2026-03-02 01:00:00", None, None, "[]", "UTC", None),
            ("Sunday", "recurring-weekday", "2026-01-01 00:00:00", None, "23:30", "00:30", "[0]", None, "30 23 * * 0"),
            ("Cron", "cron", None, None, None, None, "[]", None, "0 3 * * *"),
        ],
    )
    kuma.execute("INSERT INTO monitor_maintenance (monitor_id, maintenance_id) VALUES (2, 1), (3, 1), (2, 2), (2, 3)")
    kuma.execute("INSERT INTO status_page (slug, title, icon, theme) VALUES ('all', 'All of ours', '', 'auto')")
    kuma.executemany(
        "INSERT INTO heartbeat (monitor_id, status, msg, time, ping, important) VALUES (2, ?, ?, ?, ?, ?)",
        _beats(version),
    )
    if version == 2:
        day = int((START - timedelta(days=2)).timestamp())
        kuma.execute(
            "INSERT INTO stat_daily (monitor_id, timestamp, ping, up, down) VALUES (2, ?, 40, 1400, 40)", (day,)
        )


def _beats(version: int) -> list[tuple[Any, ...]]:
    beats = []
    if version == 2:  # keeps only status changes of older days
        first = START - timedelta(days=2)
        beats += [
            (1, "200 - OK", f"{first:%Y-%m-%d %H:%M:%S}.000", 41, 1),
            (0, "timeout", f"{first + timedelta(hours=2):%Y-%m-%d %H:%M:%S}.000", None, 1),
            (1, "200 - OK", f"{first + timedelta(hours=3):%Y-%m-%d %H:%M:%S}.000", 41, 1),
        ]
    for minute in range(180):
        status = FAILURES.get(minute, 1)
        at = START + timedelta(minutes=minute)
        words = {0: "connect ECONNREFUSED", 1: "200 - OK", 2: "timeout", 3: "Monitor under maintenance"}[status]
        beats.append((status, words, f"{at:%Y-%m-%d %H:%M:%S}.123", 42 if status == 1 else None, 0))
    return beats
