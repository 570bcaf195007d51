"""A failure is held until it is clear whether our own network failed. Time is injected, never slept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from core.models import MonitorStatus
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.judged_result import JudgedResult
from core.monitoring.own_network import OWN_NETWORK
from core.monitoring.verdict import judge
from core.workers.own_network_guard import HOLD_SECONDS, OwnNetworkGuard
from tests.probe_results import PUBLIC, failed

DOWN, UP, UNKNOWN = MonitorStatus.DOWN, MonitorStatus.UP, MonitorStatus.UNKNOWN


@dataclass
class Desk:
    """OwnNetworkGuard with all that they do written down."""

    with_canaries: bool = False
    no_way: str | None = None
    kept: list[tuple[int, MonitorStatus, str | None]] = field(default_factory=list)
    asked: list[list[int]] = field(default_factory=list)
    canaries_asked: int = 0

    def __post_init__(self) -> None:
        self.guard = OwnNetworkGuard(
            self._keep,
            self._ask,
            ask_canaries=self._ask_canaries if self.with_canaries else None,
            no_route_reason=lambda _address: self.no_way,
        )

    def up(self, *website_ids: int, at: float) -> None:
        for number in website_ids:
            self._take(number, replace(PUBLIC, address=f"8.8.8.{number}"), at)

    def silent(self, *website_ids: int, at: float) -> None:
        for number in website_ids:
            self._take(number, failed(ProbeErrorKind.CONNECT_FAILED, f"8.8.8.{number}"), at)

    def refused(self, number: int, *, at: float) -> None:
        self._take(number, failed(ProbeErrorKind.CONNECT_REFUSED, f"8.8.8.{number}"), at)

    @property
    def statuses(self) -> list[tuple[int, MonitorStatus]]:
        return [(number, status) for number, status, _kind in self.kept]

    def _take(self, number: int, result: object, at: float) -> None:
        judged = JudgedResult(website_id=number, result=result, verdict=judge(result))  # type: ignore[arg-type]
        self.guard.take(judged, f"site{number}.example", began_at=at - 0.1, ended_at=at)

    def _keep(self, judged: JudgedResult) -> None:
        self.kept.append((judged.website_id, judged.verdict.status, judged.verdict.kind))

    def _ask(self, website_ids: Sequence[int]) -> None:
        self.asked.append(list(website_ids))

    def _ask_canaries(self) -> None:
        self.canaries_asked += 1


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.up(1, 2, 3, 4, 5, 6, at=100)
    desk.kept.clear()
    return desk


def test_a_website_that_fails_alone_is_down_once_two_others_are_reached(desk: Desk) -> None:
    desk.silent(1, at=110)
    assert desk.kept == []
    assert desk.asked == [[2, 3, 4, 5, 6]]

    desk.up(2, 3, at=110.2)
    desk.guard.decide(110.3)

    assert desk.statuses == [(2, UP), (3, UP), (1, DOWN)]
    desk.silent(1, at=115)
    assert desk.statuses[-1] == (1, DOWN)  # its own failure: no further doubt


def test_when_most_websites_fall_silent_none_is_down(desk: Desk) -> None:
    desk.silent(1, 2, 3, 4, at=110)
    desk.guard.decide(112)

    assert desk.kept == [(number, UNKNOWN, OWN_NETWORK) for number in (1, 2, 3, 4)]
    assert desk.guard.trouble is not None
    assert desk.guard.trouble.startswith(
        "Watchwright's own network is down: 4 of 6 websites stopped responding at the same time."
    )


def test_websites_that_fall_silent_in_maintenance_are_no_sign_of_our_own_network(desk: Desk) -> None:
    desk.guard.resting = {1, 2, 3, 4}

    desk.silent(1, 2, 3, 4, at=110)
    desk.up(5, at=110.2)
    desk.silent(6, at=110.3)
    desk.guard.decide(112.5)
    desk.guard.decide(110.3 + HOLD_SECONDS)

    assert UNKNOWN not in [status for _number, status in desk.statuses]
    assert desk.guard.trouble is None


def test_silent_websites_are_down_when_the_other_half_is_reached(desk: Desk) -> None:
    desk.silent(1, 2, 3, at=110)
    assert desk.kept == []
    assert desk.asked[-1] == [1, 2, 3, 4, 5, 6]

    desk.up(4, 5, 6, at=110.2)
    desk.guard.decide(112)

    assert [status for _number, status in desk.statuses] == [UP] * 3 + [DOWN] * 3
    assert desk.guard.trouble is None


def test_other_websites_are_checked_once_in_two_seconds_however_many_fall_silent() -> None:
    desk = Desk()
    desk.up(*range(1, 101), at=100)

    for number in range(1, 61):
        desk.silent(number, at=110 + number / 20)

    everybody = [asked for asked in desk.asked if len(asked) > 5]
    assert [len(asked) for asked in everybody] == [50]


def test_websites_that_were_already_down_do_not_count_when_others_fall_silent(desk: Desk) -> None:
    desk.silent(1, 2, 3, at=110)
    desk.up(4, 5, 6, at=110.2)
    desk.guard.decide(112)

    desk.silent(4, 5, 6, at=200)
    desk.guard.decide(202)

    assert desk.statuses[-3:] == [(4, UNKNOWN), (5, UNKNOWN), (6, UNKNOWN)]
    assert desk.asked[-1] == [4, 5, 6]


def test_an_outage_ends_when_two_websites_are_reached_and_all_affected_are_checked_again(desk: Desk) -> None:
    desk.silent(1, 2, 3, at=110)
    desk.guard.decide(112)
    desk.up(1, at=120)
    after_one = desk.guard.trouble

    desk.up(2, at=121)

    assert after_one is not None
    assert desk.guard.trouble is None
    assert desk.asked[-1] == [1, 2, 3]
    assert not desk.guard.is_busy


def test_a_check_that_began_during_our_outage_is_unknown_and_repeated(desk: Desk) -> None:
    desk.silent(1, 2, 3, 4, at=110)
    desk.guard.decide(112)
    desk.up(1, 2, at=120)
    assert desk.guard.trouble is None

    desk.silent(5, at=120.05)  # a tenth of a second after it began

    assert desk.statuses[-1] == (5, UNKNOWN)
    assert desk.asked[-1] == [5]
    desk.silent(5, at=130)
    desk.up(1, 2, at=130.1)
    desk.guard.decide(130.2)
    assert desk.statuses[-1] == (5, DOWN)


def test_in_a_long_outage_no_website_is_down_and_a_few_are_checked_repeatedly(desk: Desk) -> None:
    for at in range(110, 4_000, 60):
        desk.silent(1, 2, 3, 4, 5, 6, at=at)
        desk.guard.decide(at + 2)

    assert {status for _number, status in desk.statuses} == {UNKNOWN}
    assert len(desk.asked) > 60
    assert all(len(asked) == 5 for asked in desk.asked[2:])


def test_a_website_that_was_already_down_is_unknown_during_our_outage(desk: Desk) -> None:
    desk.silent(1, at=110)
    desk.up(2, 3, at=110.2)
    desk.guard.decide(110.3)
    desk.silent(2, 3, 4, 5, at=200)
    desk.guard.decide(202)
    desk.kept.clear()

    desk.silent(1, at=203)

    assert desk.statuses == [(1, UNKNOWN)]


def test_a_refused_connection_is_never_our_network(desk: Desk) -> None:
    for number in range(1, 7):
        desk.refused(number, at=110)

    assert {status for _number, status in desk.statuses} == {DOWN}


def test_failures_of_two_websites_are_not_held() -> None:
    desk = Desk()

    desk.silent(1, 2, at=100)

    assert desk.statuses == [(1, DOWN), (2, DOWN)]


def test_an_undecided_failure_is_down_after_the_hold_time(desk: Desk) -> None:
    desk.silent(1, at=110)

    desk.guard.decide(110 + HOLD_SECONDS - 0.1)
    assert desk.kept == []
    desk.guard.decide(110 + HOLD_SECONDS)
    assert desk.statuses == [(1, DOWN)]


def test_without_a_route_one_silent_website_shows_our_outage() -> None:
    desk = Desk(no_way="the link eth0 of this machine is down")

    desk.silent(1, at=100)
    assert desk.kept == [(1, UNKNOWN, OWN_NETWORK)]
    assert "the link eth0 of this machine is down" in (desk.guard.trouble or "")
    desk.no_way = None
    desk.guard.decide(101)

    assert desk.guard.trouble is None
    assert desk.asked == [[1]]
    desk.silent(1, at=102)
    assert desk.statuses[-1] == (1, DOWN)


def test_configured_canaries_alone_decide() -> None:
    desk = Desk(with_canaries=True)
    desk.refused(1, at=100)
    assert (desk.canaries_asked, desk.kept) == (1, [])

    desk.guard.take_canaries(False, began_at=100, now=100.1)
    assert desk.statuses == [(1, UNKNOWN)]
    desk.refused(2, at=101)
    assert desk.statuses[-1] == (2, UNKNOWN)
    desk.guard.decide(106)
    desk.guard.take_canaries(True, began_at=106, now=106.1)

    assert desk.guard.trouble is None
    assert desk.asked == [[1, 2]]
    desk.refused(1, at=107)
    desk.guard.decide(112)
    desk.guard.take_canaries(True, began_at=112, now=112.1)
    assert desk.statuses[-1] == (1, DOWN)


def test_stopping_releases_held_failures_as_unknown(desk: Desk) -> None:
    desk.silent(1, at=110)

    desk.guard.stop()

    assert desk.kept == [(1, UNKNOWN, OWN_NETWORK)]


def test_a_held_failure_of_a_changed_website_is_discarded(desk: Desk) -> None:
    desk.silent(1, at=110)

    desk.guard.forget(1)
    desk.up(2, 3, at=110.2)
    desk.guard.decide(110.3)

    assert desk.statuses == [(2, UP), (3, UP)]
