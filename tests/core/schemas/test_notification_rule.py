"""Rules and channels are validated, with one sentence per error."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.schemas import explain
from core.schemas.notification_channel import NotificationChannelCreate
from core.schemas.notification_rule import NotificationRuleCreate


@pytest.mark.parametrize(
    ("kind", "address", "sentence"),
    [
        ("WEBHOOK", {"url": "ftp://x"}, "Address: The webhook's URL must be http:// or https:// with a host."),
        ("WEBHOOK", {"url": "http://x", "secret": "short"}, "Address: The webhook's secret must be whsec_"),
        ("APPRISE", {"url": "hello"}, "Address: Give the URL of a service in Apprise's format"),
        ("APPRISE", {"url": "file:///etc/passwd"}, "Address: Give the URL of a service in Apprise's format"),
        (
            "EMAIL",
            {"host": "m", "sender": "a@b", "recipients": []},
            "Address: recipients: must have at least one item.",
        ),
        ("EMAIL", {"host": "m", "sender": "a@b", "recipients": ["x"]}, "Address: 'x' is not an e-mail address."),
        ("EMAIL", {"host": "m", "sender": "a@b", "recipients": ["a@b\r\nBcc: c@d"]}, "Address: 'a@b"),
        ("EMAIL", {}, "Address: host is missing."),
    ],
)
def test_an_invalid_address_is_refused(kind: str, address: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NotificationChannelCreate.model_validate({"name": "On call", "kind": kind, "address": address})

    assert explain(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"website_id": 1, "tag_id": 1}, "A rule is for one website or for one tag, not for both; leave one out."),
        ({"quiet_from": "22:00"}, "Quiet hours need a start and a different end; give both"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "'25:00' is not a time of day such as 22:30."),
        ({"template": "$website and ${password}"}, "The template names $password, and there are $website"),
        ({"template": "100 $"}, "A $ in the template has no variable name after it; write $$ for a literal $."),
        ({"timezone": "Mars/Olympus"}, "The time zone Mars/Olympus is not known"),
        ({"name": ""}, "name is required."),
        ({"events": []}, "events: must have at least one item."),
        ({"events": ["UP"], "remind_seconds": 600}, "Reminders need the event DOWN"),
        ({"remind_seconds": 20}, "Reminders must be at least 60 seconds apart; give 0 for none."),
        ({"events": ["REMINDER"]}, "Events must not contain REMINDER; set remind_seconds instead."),
    ],
)
def test_an_invalid_rule_is_refused(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as caught:
        NotificationRuleCreate.model_validate({"name": "All", "channel_id": 1, **fields})

    assert explain(caught.value).startswith(sentence)
