"""The public status of a website."""

from datetime import timedelta

import pytest

from core.models import MonitorStatus, WebsiteState
from dashboard.status.public_status import public_status
from tests.factories import NOON, at

UP, DOWN, DEGRADED, UNKNOWN = MonitorStatus.UP, MonitorStatus.DOWN, MonitorStatus.DEGRADED, MonitorStatus.UNKNOWN


def a_state(status: MonitorStatus, *, known_since: int | None = -60, failing_since: int | None = None) -> WebsiteState:
    return WebsiteState(
        status=status,
        known_since=None if known_since is None else at(known_since),
        known_until=None if known_since is None else at(60),
        failing_since=None if failing_since is None else at(failing_since),
    )


@pytest.mark.parametrize(
    ("state", "is_down", "said"),
    [
        (None, False, UNKNOWN),
        (a_state(UP), False, UP),
        (a_state(DEGRADED), False, DEGRADED),
        (a_state(UNKNOWN, known_since=None), False, UNKNOWN),
        (a_state(DOWN, failing_since=-5), True, DOWN),
        (a_state(UP), True, DOWN),
        (a_state(UNKNOWN, known_since=None), True, UNKNOWN),
        (a_state(DOWN, failing_since=-5), False, UP),
        (a_state(DOWN, failing_since=-60), False, UNKNOWN),
    ],
    ids=[
        "never checked",
        "up",
        "degraded",
        "our own network",
        "down",
        "answers, and is not called back yet",
        "down, and our own network",
        "failing once",
        "failing from the first check",
    ],
)
def test_a_website_is_down_once_confirmed(state: WebsiteState | None, is_down: bool, said: str) -> None:
    assert public_status(state, is_active=True, is_down=is_down, is_resting=False, now=NOON) == said


def test_an_outdated_state_is_unknown_unless_down() -> None:
    later = NOON + timedelta(days=1)

    assert public_status(a_state(UP), is_active=True, is_down=False, is_resting=False, now=later) == UNKNOWN
    assert public_status(a_state(DOWN), is_active=True, is_down=True, is_resting=False, now=later) == DOWN


def test_maintenance_has_priority_and_paused_is_unknown() -> None:
    assert public_status(a_state(UP), is_active=True, is_down=True, is_resting=True, now=NOON) == "MAINTENANCE"
    assert public_status(a_state(UP), is_active=False, is_down=False, is_resting=False, now=NOON) == UNKNOWN
