"""A quorum of regions makes a website DOWN; the message names the others, and silent regions do not vote."""

from datetime import datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import MonitorStatus
from core.monitoring.vote import Vote, count_votes
from tests.factories import at

NAMES = ("eu", "us", "ap", "sa", "af")
SAYS = {"U": MonitorStatus.UP, "D": MonitorStatus.DOWN, "G": MonitorStatus.DEGRADED, "-": None, "x": None}


def votes(said: str, since: tuple[datetime, ...] = ()) -> list[Vote]:
    """A vote for each letter: U, D, G (degraded), - (silent) or x (silent since it said down)."""
    starts = since or tuple(at(number) for number in range(len(said)))
    return [
        Vote(
            region=name,
            status=SAYS[letter],
            since=start,
            checks=3,
            reason="It is broken." if letter in "DG" else None,
            kind="status" if letter in "DG" else None,
            was_down=letter == "x",
        )
        for name, letter, start in zip(NAMES, said, starts, strict=False)
    ]


@pytest.mark.parametrize(
    ("said", "quorum", "is_down", "status"),
    [
        ("UUU", 2, False, "UP"),
        ("DUU", 2, False, "DEGRADED"),
        ("DDU", 2, False, "DOWN"),
        ("DDD", 2, False, "DOWN"),
        ("D", 1, False, "DOWN"),
        ("DUU", 1, False, "DOWN"),
        ("DDU", 3, False, "DEGRADED"),
        ("UU-", 2, False, "UP"),
        ("DU-", 2, False, "DEGRADED"),
        ("DD-", 2, False, "DOWN"),
        ("U--", 2, False, "UNKNOWN"),
        ("D--", 2, False, "UNKNOWN"),
        ("U--", 3, False, "UP"),  # three cannot agree any more
        ("DD-", 3, False, "UNKNOWN"),
        ("U--", 1, False, "UP"),
        ("---", 1, False, "UNKNOWN"),
        ("GUU", 2, False, "UP"),
        ("GGU", 2, False, "DEGRADED"),
        ("G", 1, False, "DEGRADED"),
        ("DGU", 2, False, "DEGRADED"),
        ("G--", 3, False, "DEGRADED"),  # fewer than a quorum, but all that speak
        ("GU-", 3, False, "UP"),
        ("xDU", 2, True, "UNKNOWN"),  # it fell silent as it said down: that is no recovery
        ("xDU", 2, False, "DEGRADED"),
        ("xUU", 2, True, "UP"),
        ("-DU", 2, True, "DEGRADED"),
        ("xUU", 1, True, "UNKNOWN"),
        ("DUU", 2, True, "DEGRADED"),
    ],
)
def test_a_quorum_of_regions_decides(said: str, quorum: int, is_down: bool, status: str) -> None:
    assert count_votes(votes(said), quorum, is_down=is_down).status == MonitorStatus(status)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("UUU", None),
        ("DUU", "It is broken. Down in eu, up in us and ap."),
        ("DD-", "It is broken. Down in eu and us, no report from ap."),
        ("DDD", "It is broken. Down in eu, us and ap."),
        ("GGU", "It is broken. Degraded in eu and us, up in ap."),
        ("U--", "Too few regions have a result: up in eu, no report from us and ap."),
    ],
)
def test_the_message_names_the_regions_that_agree_and_disagree(said: str, reason: str | None) -> None:
    assert count_votes(votes(said), 2).reason == reason


def test_downtime_starts_when_the_region_that_completes_the_quorum_failed() -> None:
    since = (at(0), at(9_000), at(9_005))  # one has said so alone for hours

    judgement = count_votes(votes("DDD", since), 2)

    assert (judgement.since, judgement.checks) == (at(9_000), 9)


def test_recovery_is_at_the_latest_recovery_of_a_region() -> None:
    assert count_votes(votes("UUD", (at(0), at(600), at(30))), 2).since == at(600)


ELECTORATE = st.lists(st.sampled_from("UDG-x"), min_size=1, max_size=5).map("".join)


@given(said=ELECTORATE, quorum=st.integers(1, 5), is_down=st.booleans())
def test_only_a_quorum_of_voting_regions_makes_a_website_down(said: str, quorum: int, is_down: bool) -> None:
    quorum = min(quorum, len(said))

    status = count_votes(votes(said), quorum, is_down=is_down).status

    assert (status == MonitorStatus.DOWN) == (said.count("D") >= quorum)
    if set(said) <= {"U"}:
        assert status == MonitorStatus.UP
    if status in (MonitorStatus.UP, MonitorStatus.DEGRADED):
        assert set(said) & {"U", "G"}, "somebody must have seen it up"


@given(said=ELECTORATE.filter(lambda said: len(said) <= 4), quorum=st.integers(1, 4))
def test_the_order_of_the_regions_does_not_matter(said: str, quorum: int) -> None:
    quorum = min(quorum, len(said))

    assert len({count_votes(votes("".join(one)), quorum).status for one in permutations(said)}) == 1


@given(said=ELECTORATE, quorum=st.integers(1, 5))
def test_one_more_region_that_is_down_never_improves_the_status(said: str, quorum: int) -> None:
    quorum = min(quorum, len(said))
    rank = {MonitorStatus.UP: 0, MonitorStatus.UNKNOWN: 1, MonitorStatus.DEGRADED: 1, MonitorStatus.DOWN: 2}

    before = count_votes(votes(said), quorum).status
    after = count_votes(votes(said.replace("U", "D", 1)), quorum).status

    assert rank[after] >= rank[before]
