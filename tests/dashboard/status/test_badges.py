"""Badges, for public websites only."""

from datetime import timedelta
from xml.etree import ElementTree as ET

import httpx
import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.services import coverage
from dashboard.status.badges import badge
from tests.factories import make_check, make_website


def seed(db: Session) -> tuple[int, int]:
    ours, theirs = make_website(db, name="A & B", is_public=True), make_website(db, name="Secret")
    check = make_check(
        db, ours, checked_at=utc_now() - timedelta(seconds=30), response_time_ms=123.4, http_status_code=200
    )
    coverage.fold(db, [check])
    return ours.id, theirs.id


@pytest.mark.parametrize(
    ("name", "words"),
    [("status", "A & B: up"), ("uptime", "uptime 30d: 100%"), ("response-time", "response time: 123 ms")],
)
async def test_a_public_website_has_badges(anybody: httpx.AsyncClient, name: str, words: str) -> None:
    ours, _theirs = await in_session(seed)

    answer = await anybody.get(f"/badge/{ours}/{name}.svg")

    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert ET.fromstring(answer.text).attrib["aria-label"] == words
    assert (await anybody.head(f"/badge/{ours}/{name}.svg")).status_code == 200


async def test_private_and_missing_websites_look_alike(anybody: httpx.AsyncClient) -> None:
    _ours, theirs = await in_session(seed)

    answers = [await anybody.get(f"/badge/{number}/status.svg") for number in (theirs, 999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text and "Secret" not in answers[0].text


def test_text_is_escaped() -> None:
    assert "<script" not in badge("<script>", '"', "#000")


def test_characters_forbidden_in_xml_are_replaced() -> None:
    assert ET.fromstring(badge("A\x0bB", "up", "#000")).attrib["aria-label"] == "A\ufffdB: up"
