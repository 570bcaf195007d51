"""Trials evaluate faults of past debug sessions like new ones."""

from datetime import timedelta

import pytest

from core.notifications.trial_faults import Looked, fault_spells
from tests.core.notifications.test_faults import API, SCRIPT, Named
from tests.factories import NOON


def looked(day: float, *found: tuple[str, str], website_id: int = 1, is_whole: bool = True) -> Looked:
    at = NOON + timedelta(days=day)
    faults = [Named(*one) for one in found]
    return Looked(website_id=website_id, page="/", ended_at=at, is_whole=is_whole, found=faults)


def test_a_fault_lasts_until_a_session_does_not_find_it() -> None:
    sessions = [looked(1), looked(2, API), looked(3, API, SCRIPT), looked(4, is_whole=False), looked(5)]

    (spell,) = fault_spells([*sessions, looked(6, website_id=2)], [])

    assert (spell.website_id, spell.began_at, spell.ended_at) == (1, NOON + timedelta(days=2), NOON + timedelta(days=5))


@pytest.mark.parametrize(("kinds", "count"), [([], 2), (["api_failed"], 1), (["dns"], 0)], ids=["all", "one", "other"])
def test_other_kinds_are_not_counted(kinds: list[str], count: int) -> None:
    spells = fault_spells([looked(1, API), looked(2, SCRIPT)], kinds)

    assert len(spells) == count


def test_a_lasting_fault_has_no_end() -> None:
    assert [spell.ended_at for spell in fault_spells([looked(1, API)], [])] == [None]


A_MINUTE = 1 / 1_440


def test_an_unconfirmed_fault_is_not_counted() -> None:
    passing = [looked(1, API), looked(1 + A_MINUTE)]
    lasting = [looked(2, API), looked(2 + A_MINUTE, API), looked(2 + 2 * A_MINUTE)]

    (spell,) = fault_spells([*passing, *lasting], [])

    assert spell.began_at == NOON + timedelta(days=2)
