"""Responses that became far larger."""

from typing import Any

import pytest

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.growth import growth
from core.diagnosis.rules.slowness import slowness
from core.models import Interruption
from tests.core.diagnosis.facts import evidence, exchange, session


def test_a_response_that_has_grown_is_reported() -> None:
    good = session(exchange("/api/items", "fetch", encoded_bytes=3_400))
    now = session(exchange("/api/items", "fetch", encoded_bytes=24_000_000, duration_ms=3_000.0))

    assert [*slowness(evidence(session=now, good_session=good))] == []
    (one,) = growth(evidence(session=now, good_session=good))

    assert (one.kind, one.confidence) == (Kind.SLOW_DOWNLOAD, Confidence.LIKELY)
    assert (
        one.sentence == "The response of /api/items has grown to 24.0 MB and took 3.0 s; "
        "when it worked, it had 3.4 kB and took 10 ms."
    )


@pytest.mark.parametrize(
    ("was", "now", "kind"), [(3_400, 400_000, "fetch"), (4_000_000, 8_000_000, "fetch"), (1_000, 9_000_000, "image")]
)
def test_usual_growth_is_not_reported(was: int, now: int, kind: str) -> None:
    good, grown = (session(exchange("/a", kind, encoded_bytes=size)) for size in (was, now))

    assert [*growth(evidence(session=grown, good_session=good))] == []


@pytest.mark.parametrize(
    "before",
    [
        {"encoded_bytes": None},
        {"encoded_bytes": 0},
        {"encoded_bytes": 400_000, "interruption": Interruption.SESSION_END},
        {"encoded_bytes": 400_000, "interruption": Interruption.NAVIGATION},
    ],
    ids=["unknown size", "no bytes", "cut by the session's end", "cut by a navigation"],
)
def test_growth_from_an_unknown_size_is_not_reported(before: dict[str, Any]) -> None:
    good, grown = (session(exchange("/a", "fetch", **facts)) for facts in (before, {"encoded_bytes": 24_000_000}))

    assert [*growth(evidence(session=grown, good_session=good))] == []
