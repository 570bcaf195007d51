"""A channel's form is validated input by input before it is sent."""

from typing import Any

import pytest

from core.errors import InvalidInput
from dashboard.components.channel_form import address_of, refuse

MAIL: dict[str, Any] = {
    "recipients": ["ops@example.org"],
    "sender": "ww@example.org",
    "host": "smtp.example.org",
    "port": "",
    "security": "starttls",
    "username": "",
    "password": "",
}


@pytest.mark.parametrize(
    ("kind", "typed", "by_field"),
    [
        ("APPRISE", {"apprise_url": ""}, {"apprise_url": "This is required."}),
        (
            "WEBHOOK",
            {"webhook_url": "ftp://nowhere", "secret": ""},
            {"webhook_url": "The webhook's URL must be http:// or https:// with a host."},
        ),
        (
            "EMAIL",
            MAIL | {"recipients": ["ops@example.org", "nobody"], "host": "", "port": "99999"},
            {
                "recipients": "'nobody' is not an e-mail address.",
                "host": "This is required.",
                "port": "Must be 65535 or less.",
            },
        ),
    ],
    ids=["service", "webhook", "mail"],
)
def test_each_error_belongs_to_its_input(kind: str, typed: dict[str, Any], by_field: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse(kind, {"name": "", "address": address_of(kind, typed)})

    assert refused.value.by_field == {"name": "This is required.", **by_field}


def test_valid_input_passes_and_a_kept_address_is_not_validated() -> None:
    refuse("EMAIL", {"name": "Mail", "address": address_of("EMAIL", MAIL)})
    refuse("EMAIL", {"name": "Mail"})
