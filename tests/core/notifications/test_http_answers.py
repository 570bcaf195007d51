"""Answers to the library requests are observed within a block only."""

import asyncio

import pytest
import requests

from core.notifications.http_answers import HttpAnswer, http_answers
from tests.core.monitoring.servers import raw_server
from tests.receivers import listening

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
