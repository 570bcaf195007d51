"""Finds Playwright's device descriptors by name."""

import asyncio
import difflib
from collections.abc import Iterable

from core.debugging.cdp.emulation import Device
from core.errors import InvalidInput
from core.schemas.session_options import Viewport

OFTEN_USED = (
    "iPhone 15",
    "iPhone 15 Pro Max",
    "iPhone SE",
    "iPad Pro 11",
    "Pixel 7",
    "Galaxy S24",
    "Galaxy Tab S9",
    "Desktop Chrome HiDPI",
)
"""Popular devices to propose; Playwright knows about two hundred."""

_devices: dict[str, Device] = {}
_loading = asyncio.Lock()


async def find_device(name: str | None) -> Device | None:
    """Return the device *name*; None for no name. The first call starts Playwright's driver for a moment.

    Raises:
        InvalidInput: There is no such device; the message proposes devices with similar names.
    """
    if name is None:
        return None
    devices = await all_devices()
    if name not in devices:
        offered = ", ".join(proposed(name, devices))
        raise InvalidInput.of("device", f"There is no device {name!r}; there are, for example, {offered}.")
    return devices[name]


def proposed(name: str, known: Iterable[str]) -> list[str]:
    """Return three of the *known* devices: those with names similar to *name*, then popular ones."""
    by_folded = {device.casefold(): device for device in known}
    similar = difflib.get_close_matches(name.casefold(), by_folded, n=3, cutoff=0.5)
    return list(dict.fromkeys([*(by_folded[device] for device in similar), *OFTEN_USED[:1], *OFTEN_USED[4:6]]))[:3]


async def all_devices() -> dict[str, Device]:
    """Return all devices by name."""
    async with _loading:
        if not _devices:
            _devices.update(await _load())
    return _devices


async def _load() -> dict[str, Device]:
    from core.debugging.browsers.playwright_driver import driver  # imports Playwright: 15 MB, and few sessions do

    async with driver() as running:
        return {
            name: Device(
                user_agent=device["user_agent"],
                viewport=Viewport.model_validate(device["viewport"]),
                scale_factor=device.get("device_scale_factor", 1),
                is_mobile=device.get("is_mobile", False),
                has_touch=device.get("has_touch", False),
            )
            for name, device in running.playwright.devices.items()
        }
