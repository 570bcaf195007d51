"""From which cache an answer came."""

from typing import Any

import pytest

from core.debugging.cdp.response_details import cache_of


@pytest.mark.parametrize(
    ("response", "resource_type", "cache"),
    [
        ({}, "script", None),
        ({"fromDiskCache": True}, "script", "disk"),
        ({"fromServiceWorker": True, "fromDiskCache": True}, "script", "service-worker"),
        ({"fromPrefetchCache": True}, "document", "prefetch"),
        ({"fromPrefetchCache": True}, "prefetch", None),
        ({"fromPrefetchCache": True, "fromDiskCache": True}, "prefetch", "disk"),
    ],
    ids=["network", "disk", "service worker", "fetched ahead", "fetching ahead", "ahead from disk"],
)
def test_cache_is_told(response: dict[str, Any], resource_type: str, cache: str | None) -> None:
    assert cache_of(response, resource_type) == cache
