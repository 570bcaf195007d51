"""An example of each request body of REST v1, by schema name. A test validates each against its schema."""

from typing import Any

BODIES: dict[str, dict[str, Any]] = {
    "WebsiteCreate": {
        "url": "https://shop.example.org/",
        "name": "Shop",
        "check_interval": 60,
        "timeout": 10,
        "tags": ["shop"],
        "regions": ["eu", "us", "ap"],
        "quorum": 2,
        "check_options": {"body_contains": "Add to basket", "max_response_ms": 2000},
    },
    "WebsiteUpdate": {"is_active": False},
    "DowntimeWindowWords": {"root_cause": "The certificate had expired.", "notes": "It is renewed by cron now."},
    "WindowUpdateCreate": {"stage": "identified", "text": "A certificate expired; we are renewing it."},
    "MaintenanceWindowCreate": {
        "name": "Weekly upgrade",
        "starts_at": "2026-03-01T02:00:00Z",
        "duration_seconds": 3600,
        "recurrence": "FREQ=WEEKLY;BYDAY=SU",
        "timezone": "Europe/Berlin",
    },
    "MaintenanceWindowUpdate": {"duration_seconds": 7200},
    "DebugSessionStart": {"website_id": 1},
    "NotificationChannelCreate": {
        "name": "On call",
        "kind": "APPRISE",
        "address": {"url": "ntfy://ntfy.example.org/alarms"},
    },
    "NotificationChannelUpdate": {"is_enabled": False},
    "NotificationRuleCreate": {
        "name": "All failures",
        "channel_id": 1,
        "events": ["DOWN", "UP"],
        "after_seconds": 120,
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "timezone": "Europe/Berlin",
    },
    "NotificationRuleUpdate": {"template": "$website: $cause\n$link"},
    "MonthlyReportCreate": {
        "channel_id": 1,
        "recipients": ["client@example.org"],
        "tag": "acme",
        "timezone": "Europe/Berlin",
    },
    "MonthlyReportUpdate": {"tag": None},
    "StatusPageCreate": {
        "slug": "our-shop",
        "title": "Our shop",
        "groups": [{"name": "Shop", "website_ids": [1, 2]}, {"name": "Behind it", "website_ids": [3]}],
    },
    "StatusPageUpdate": {"password": None},
    "Configuration": {"version": 1, "websites": [{"url": "https://shop.example.org/", "name": "Shop"}]},
    "UserCreate": {
        "name": "jo@example.org",
        "password": "correct horse battery staple",
        "role": "EDITOR",
    },
    "UserUpdate": {"role": "VIEWER"},
    "PasswordChange": {"present": "what it was until now", "new": "correct horse battery staple"},
    "PasswordReset": {"password": "correct horse battery staple"},
    "ApiTokenCreate": {"name": "CI", "scopes": ["read", "write"]},
}
