"""A service's URL is accepted in Apprise's format, and its secrets are not shown."""

import pytest

from core.models import ChannelKind
from core.schemas.notification_channel import address_of


@pytest.mark.parametrize("url", ["mailtos://ada:p%5Bss@example.org", "Mailtos://[::1]/?pass=p[ss"])
def test_only_the_scheme_of_a_service_is_shown(url: str) -> None:
    assert address_of(ChannelKind.APPRISE, {"url": url}).summary == "mailtos://…"


@pytest.mark.parametrize("url", ["mailtos://ada:p[ss@example.org", "json://ada:p]ss@example.org/x"])
def test_an_invalid_bracket_is_rejected_with_advice(url: str) -> None:
    with pytest.raises(ValueError, match="write %5B or %5D"):
        address_of(ChannelKind.APPRISE, {"url": url})
