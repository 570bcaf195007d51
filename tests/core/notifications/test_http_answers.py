"""Answers to the library requests are observed within a block only, and Retry-After is read in both of its forms."""

import asyncio
from datetime import UTC, datetime

import pytest
import requests

from core.notifications.http_answers import HttpAnswer, http_answers, retry_after_seconds
from tests.core.monitoring.servers import raw_server
from tests.receivers import listening

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIMITED = b"HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"


def test_status_and_retry_after_are_observed() -> None:
    with raw_server(lambda connection: connection.sendall(LIMITED)) as server, http_answers() as answers:
        requests.post(server.url, timeout=10)

    assert answers == [HttpAnswer(status=429, retry_after="7")]


def test_requests_outside_the_block_are_not_observed() -> None:
    with listening() as service:
        with http_answers() as answers:
            pass
        requests.post(f"http://{service.url}/", timeout=10)

    assert answers == []


async def test_blocks_of_other_threads_are_apart() -> None:
    def statuses(url: str, count: int) -> list[int]:
        with http_answers() as answers:
            for _ in range(count):
                requests.post(url, timeout=10)
        return [one.status for one in answers]

    with listening() as service:
        url = f"http://{service.url}/"
        counted = await asyncio.gather(*(asyncio.to_thread(statuses, url, count) for count in (1, 2, 3)))

    assert counted == [[200], [200] * 2, [200] * 3]


@pytest.mark.parametrize(("status", "is_refusal"), [(200, False), (302, False), (404, True), (502, False), (503, True)])
def test_only_a_sure_refusal_is_one(status: int, is_refusal: bool) -> None:
    assert HttpAnswer(status=status, retry_after="").is_refusal is is_refusal


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 12:05:00 GMT", 300),
        ("Sunday, 01-Mar-26 12:05:00 GMT", 300),
        ("Sun Mar  1 12:05:00 2026", 300),
        ("Sun, 01 Mar 2026 14:05:00 +0200", 300),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 99 Mar 2026 12:05:00 GMT", 0),
        ("soon", 0),
        ("-5", 0),
        ("1.5", 0),
        ("", 0),
        ("9" * 400, 0),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float) -> None:
    assert retry_after_seconds(value, NOW) == seconds
