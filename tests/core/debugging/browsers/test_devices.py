"""Devices are proposed for an unknown name."""

import pytest

from core.debugging.browsers.devices import OFTEN_USED, proposed

KNOWN = (*OFTEN_USED, "iPhone 14", "Moto G4", "Nexus 10")


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("foo", ["iPhone 15", "Pixel 7", "Galaxy S24"]),
        ("moto g", ["Moto G4", "iPhone 15", "Pixel 7"]),
        ("iphone", ["iPhone SE", "iPhone 15", "iPhone 14"]),
    ],
    ids=["nothing like it", "one like it", "in another case"],
)
def test_three_devices_are_proposed_for_any_name(name: str, offered: list[str]) -> None:
    assert proposed(name, KNOWN) == offered
