"""Gatus' configuration becomes websites, channels and rules."""

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.importers.gatus import read_gatus
from core.importers.store_import import store_import
from core.sealing import Sealer
from core.services import MaintenanceWindowCRUD, NotificationChannelCRUD, NotificationRuleCRUD, TagCRUD, WebsiteCRUD

CONTENT = {
    "alerting": {
        "discord": {"webhook-url": "https://discord.com/api/webhooks/1/abc"},
        "github": {"token": "x"},
        "ntfy": {"topic": "t", "url": "https://ntfy.example"},
    },
    "maintenance": {"start": "23:00", "duration": "1h30m", "every": ["Monday", "Thursday"]},
    "endpoints": [
        {
            "name": "shop",
            "group": "Core",
            "url": "https://shop.example/health",
            "interval": "5m",
            "method": "POST",
            "headers": {"X-Key": "hush"},
            "body": "{}",
            "client": {"insecure": True, "timeout": "20s"},
            "conditions": [
                "[STATUS] == any(200, 204)",
                "[BODY].status == UP",
                "[BODY].count == 3",
                "[RESPONSE_TIME] < 300",
                "[CERTIFICATE_EXPIRATION] > 72h",
                "[CONNECTED] == true",
                "len([BODY].data) > 0",
            ],
            "alerts": [{"type": "discord", "send-on-resolved": True}, {"type": "github"}],
        },
        {"name": "dns", "url": "8.8.8.8", "dns": {"query-name": "a.example"}},
        {"name": "text", "url": "http://text.example", "conditions": ["[BODY] == pat(*hello*)", "[STATUS] < 400"]},
    ],
}


def test_a_configuration_is_imported_and_the_rest_is_reported(db: Session) -> None:
    done = store_import(db, read_gatus(CONTENT, {}), Sealer(b"a key of tests that is long enough"), is_dry_run=False)

    websites = {website.name: website for website in WebsiteCRUD.get_all(db)[0]}
    shop = websites["shop"]
    assert (shop.check_interval, shop.timeout, TagCRUD.names_of(db, shop.id)) == (300, 20, ["core"])
    assert shop.check_options == {
        "method": "POST",
        "headers": {"X-Key": "hush"},
        "body": "{}",
        "verify_tls": False,
        "accepted_statuses": "200,204",
        "json_equals": [{"path": "$.status", "equals": "UP"}, {"path": "$.count", "equals": 3}],
        "max_response_ms": 300.0,
        "min_certificate_days": 3,
    }
    assert websites["text"].check_options == {"body_contains": "hello", "accepted_statuses": "100-399"}
    assert {channel.name for channel in NotificationChannelCRUD.get_all(db)[0]} == {"discord", "ntfy"}
    assert [(rule.name, rule.events) for rule in NotificationRuleCRUD.get_all(db)[0]] == [
        ("discord: https://shop.example/health", ["DOWN", "UP"])
    ]
    assert MaintenanceWindowCRUD.get_all(db)[0][0].recurrence == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert [left.what for left in done.left] == [
        "alerting github",
        "condition of shop",
        "alert of shop",
        "endpoint dns",
    ]


def test_malformed_entries_are_skipped() -> None:
    good = {"name": "good", "url": "https://good.example"}
    found = read_gatus(
        {
            "endpoints": [
                "https://text.example",
                good | {"name": "client", "client": "x"},
                good | {"conditions": ["[STATUS] == 200", "[STATUS] < soon", 5], "alerts": ["x"]},
            ],
            "alerting": {"slack": "x"},
            "maintenance": {"start": "23:00", "every": ["Mondey"]},
        },
        {},
    )

    assert [one["name"] for one in found.sections["websites"]] == ["good"]
    assert [left.what for left in found.left] == [
        "alerting slack",
        "endpoint number 1",
        "endpoint client",
        "condition of good",
        "condition of good",
        "alert of good: number 1",
        "maintenance number 1",
    ]


def test_a_configuration_without_a_list_of_endpoints_is_refused() -> None:
    with pytest.raises(InvalidInput, match="endpoints is not a list"):
        read_gatus({"endpoints": 5}, {})


def _shop(**given: object) -> dict[str, object]:
    return {"name": "shop", "url": "https://shop.example"} | given


def test_variables_are_replaced_and_unset_ones_reported() -> None:
    content = {
        "alerting": {"slack": {"webhook-url": "${SLACK}"}},
        "endpoints": [_shop(headers={"Authorization": "Bearer $TOKEN", "X-Price": "$$5", "X-Key": "${KEY}"})],
    }

    found = read_gatus(content, {"TOKEN": "hush", "SLACK": "https://hooks.slack.example/x"})

    (shop,) = found.sections["websites"]
    assert shop["check_options"]["headers"] == {"Authorization": "Bearer hush", "X-Price": "$5", "X-Key": "${KEY}"}
    assert found.sections["channels"][0]["address"] == {"url": "https://hooks.slack.example/x"}
    assert [(left.what, left.why) for left in found.left] == [
        ("variable KEY", "This environment variable is not set. Text that refers to it stays unchanged.")
    ]


def test_equal_alerts_become_one_rule() -> None:
    discord = {"webhook-url": "https://discord.com/api/webhooks/1/abc"}
    ntfy = {"topic": "alarms"}
    alerts = [{"type": "discord"}, {"type": "ntfy"}]
    blogs = [{"name": f"b{n}", "url": f"https://b{n}.example", "group": "Blogs", "alerts": alerts} for n in range(3)]
    content = {"alerting": {"discord": discord, "ntfy": ntfy}, "endpoints": [*blogs, _shop(alerts=[alerts[0]])]}

    rules = read_gatus(content, {}).sections["rules"]

    assert [(rule["name"], len(rule.get("websites", []))) for rule in rules] == [("discord: all", 0), ("ntfy", 3)]


def test_alerts_have_their_channels_defaults() -> None:
    usual = {"webhook-url": "https://discord.com/api/webhooks/1/abc", "default-alert": {"send-on-resolved": True}}
    other = {"name": "blog", "url": "https://blog.example"}
    content = {
        "alerting": {"discord": usual},
        "endpoints": [
            _shop(alerts=[{"type": "discord"}]),
            other | {"alerts": [{"type": "discord", "send-on-resolved": False, "minimum-reminder-interval": "1h30m"}]},
        ],
    }

    rules = read_gatus(content, {}).sections["rules"]

    assert [rule["events"] for rule in rules] == [["DOWN", "UP"], ["DOWN"]]
    assert [rule["remind_seconds"] for rule in rules] == [0, 5_400]


@pytest.mark.parametrize(
    ("kind", "given", "address"),
    [
        ("ntfy", {"topic": "t"}, {"url": "ntfys://ntfy.sh/t"}),
        ("ntfy", {"topic": "t", "url": "http://lan:80/", "token": "tk_a"}, {"url": "ntfy://tk_a@lan:80/t"}),
        ("gotify", {"server-url": "http://lan/sub", "token": "A"}, {"url": "gotify://lan/sub/A"}),
        ("gotify", {"server-url": "https://g.example", "token": "A"}, {"url": "gotifys://g.example/A"}),
        (
            "email",
            {"from": "a@b.example", "password": "hush", "host": "mail.example", "port": 465, "to": "c@d.example"},
            {
                "host": "mail.example",
                "port": 465,
                "security": "tls",
                "username": "a@b.example",
                "password": "hush",
                "sender": "a@b.example",
                "recipients": ["c@d.example"],
            },
        ),
    ],
)
def test_channels_keep_their_addresses(kind: str, given: dict[str, object], address: object) -> None:
    found = read_gatus({"alerting": {kind: given}, "endpoints": []}, {})

    assert [channel["address"] for channel in found.sections["channels"]] == [address]


def test_overridden_addresses_are_reported() -> None:
    discord = {"webhook-url": "https://discord.com/api/webhooks/1/abc", "overrides": [{"group": "core"}]}
    alert = {"type": "discord", "provider-override": {"webhook-url": "https://discord.com/api/webhooks/2/abc"}}
    content = {"alerting": {"discord": discord}, "endpoints": [_shop(alerts=[alert])]}

    assert [left.what for left in read_gatus(content, {}).left] == ["overrides of discord", "alert of shop"]


def test_maintenance_uses_its_time_zone(db: Session) -> None:
    plan = {"start": "23:00", "duration": "1h", "timezone": "Europe/Berlin"}
    unknown = {"start": "23:00", "timezone": "Mars/Olympus"}
    found = read_gatus({"maintenance": plan, "endpoints": [_shop(**{"maintenance-windows": [plan, unknown]})]}, {})

    store_import(db, found, Sealer(b"a key of tests that is long enough"), is_dry_run=False)

    of_shop, of_all = sorted(MaintenanceWindowCRUD.get_all(db)[0], key=lambda one: one.website_id is None)
    assert (of_all.website_id, of_shop.website_id) == (None, 1)
    assert {(one.timezone, one.starts_at.hour) for one in (of_all, of_shop)} == {("Europe/Berlin", 22)}
    assert [(left.what, left.why) for left in found.left] == [
        ("maintenance of shop: number 2", "It starts at 23:00 in Mars/Olympus: the time or the time zone is invalid.")
    ]


def test_methods_in_any_case_are_accepted_and_client_options_reported() -> None:
    found = read_gatus({"endpoints": [_shop(method="post", client={"timeout": "5s", "oauth2": {}, "tls": {}})]}, {})

    assert found.sections["websites"][0]["check_options"] == {"method": "POST"}
    assert [(left.what, left.why) for left in found.left] == [
        ("client of shop", "Watchwright has no equivalent of its oauth2, tls.")
    ]
