"""What is shown of a channel's address holds no secret, whatever the secret is made of."""

import pytest

from core.models import ChannelKind
from core.schemas.notification_channel import address_of


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mailtos://ada:p[ss@example.org", "mailtos://…"),
        ("json://ada:p]ss@example.org/x", "json://…"),
        ("Slack://TokenA/TokenB/TokenC", "slack://…"),
    ],
)
def test_of_a_service_its_scheme_is_shown(url: str, shown: str) -> None:
    address = address_of(ChannelKind.APPRISE, {"url": url})

    assert address.summary == shown
