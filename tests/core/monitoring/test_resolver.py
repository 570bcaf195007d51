"""Looking names up as the system does."""

import pytest

from core.monitoring.resolver import look_up


@pytest.mark.parametrize("host", ["localhost", "shop.localhost", "a.b.LOCALHOST."])
def test_names_beneath_localhost_are_this_machine(host: str) -> None:
    assert look_up(host, "4").addresses == ("127.0.0.1",)


def test_a_name_that_only_ends_alike_is_looked_up_as_it_is() -> None:
    assert look_up("notlocalhost.invalid").error is not None
