"""Gatus' configuration as websites, channels and rules."""

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.importers.gatus import read_gatus
from core.importers.take_in import take_in
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


def test_a_configuration_is_carried_over_and_what_cannot_be_is_told(db: Session) -> None:
    done = take_in(db, read_gatus(CONTENT), Sealer(b"a key of tests that is long enough"), is_tried=False)

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
        ("discord: shop", ["DOWN", "UP"])
    ]
    assert MaintenanceWindowCRUD.get_all(db)[0][0].recurrence == "FREQ=WEEKLY;BYDAY=MO,TH"
    assert [left.what for left in done.left] == [
        "alerting github",
        "condition of shop",
        "alert of shop",
        "endpoint dns",
    ]


def test_what_is_written_otherwise_is_left_and_the_rest_is_read() -> None:
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
        }
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
    with pytest.raises(InvalidInput, match="endpoints is no list"):
        read_gatus({"endpoints": 5})
