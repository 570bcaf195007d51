"""Facts of CDP's response are added to the exchange."""

from typing import Any

import pytest

from core.debugging.cdp.response_details import (
    bytes_so_far,
    bytes_with_body,
    cache_of,
    is_bodiless,
    take_response,
    unread_bytes,
)
from tests.core.debugging.session_parts import make_exchange_record


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
def test_the_cache_is_named(response: dict[str, Any], resource_type: str, cache: str | None) -> None:
    assert cache_of(response, resource_type) == cache


def test_a_response_does_not_overwrite_better_facts() -> None:
    record = make_exchange_record(request_headers={"Cookie": "as on the wire"}, from_cache="memory", encoded_bytes=900)

    take_response(record, {"status": 200, "headers": {"Content-Length": "0"}, "encodedDataLength": 120}, at=1_001.0)

    assert (record.status_code, record.answered_at, record.encoded_bytes) == (200, 1_001.0, 900)
    assert (record.request_headers, record.from_cache) == ({"Cookie": "as on the wire"}, "memory")
    assert is_bodiless(record)


@pytest.mark.parametrize(("told", "size"), [(110, 5_110), (5_110, 5_110)], ids=["headers alone", "all of it"])
def test_the_body_of_a_workers_script_counts_once(told: int, size: int) -> None:
    record = make_exchange_record(
        resource_type="script",
        response={"encodedDataLength": told},
        response_headers={"Content-Type": "text/javascript", "Content-Security-Policy": "default-src 'self'"},
        decoded_bytes=5_000,
    )

    assert bytes_with_body(record) == size


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({}, 4_100),
        ({"response_headers": {"Content-Encoding": "gzip"}}, 100),
        ({"from_cache": "disk", "encoded_bytes": 0}, 0),
        ({"url": "data:text/plain,a"}, 100),
        ({"encoded_bytes": 9_000}, 9_000),
        ({"answered_at": None}, 100),
    ],
    ids=["plain", "compressed", "cached", "local", "known better", "unanswered"],
)
def test_a_response_without_an_end_counts_what_arrived(facts: dict[str, Any], size: int) -> None:
    given = {"answered_at": 1_001.0, "response": {"encodedDataLength": 100}, "encoded_bytes": 100}

    assert bytes_so_far(make_exchange_record(**(given | {"decoded_bytes": 4_000} | facts))) == size


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({"response_headers": {"Content-Length": "900"}}, 900),
        ({"response_headers": {"Content-Length": "900", "Content-Encoding": "br"}}, None),
        ({"response_headers": {"Content-Length": "9" * 400}, "encoded_bytes": 100}, 0),
        ({"encoded_bytes": 9_000}, None),
        ({"encoded_bytes": 100}, 0),
        ({"method": "HEAD", "response_headers": {"Content-Length": "900"}}, 0),
    ],
    ids=["announced", "compressed", "implausible", "transferred", "headers alone", "no body"],
)
def test_the_size_of_an_unread_body_is_announced_or_unknown(facts: dict[str, Any], size: int | None) -> None:
    given = {"answered_at": 1_001.0, "status_code": 200, "response": {"encodedDataLength": 100}}

    assert unread_bytes(make_exchange_record(**(given | facts))) == size
