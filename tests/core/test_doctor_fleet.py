"""The doctor judges the processes that share a store."""

from collections import Counter
from dataclasses import replace

import pytest

from core.doctor_fleet import diagnose_fleet
from core.services.fleet_state import FleetState, Process, Share, Waiting
from tests.factories import NOON

DASHBOARD = Process(version="1.2.0", role="dashboard")
IN_EU = Process(version="1.2.0", role="checks", region="eu")
SHARE = Share(regions=("eu", "us", "ap"), quorum=None, websites=3, first="Shop")
WELL = FleetState(
    is_shared=True,
    processes=Counter({DASHBOARD: 2, IN_EU: 1}),
    shares=(SHARE,),
    reporting={"eu": NOON, "us": NOON, "ap": NOON},
)
LEFT = FleetState(waiting=Waiting(sessions=2, since=NOON, seconds=61))


def wrong(state: FleetState) -> dict[str, str]:
    return {one.name: one.words for one in diagnose_fleet(state) if not one.is_ok}


def test_a_healthy_fleet_lists_its_processes() -> None:
    assert [(one.name, one.is_ok, one.words) for one in diagnose_fleet(WELL)] == [
        ("Processes", True, "1 × worker of checks in eu, 2 × dashboard, all of version 1.2.0"),
        ("Regions", True, "reports received from ap, eu, us"),
    ]


def test_different_versions_are_reported() -> None:
    old = replace(IN_EU, version="1.1.0")

    said = wrong(replace(WELL, processes=Counter({DASHBOARD: 1, old: 2})))

    assert said["Processes"].startswith(
        "processes of different versions use this database (1.1.0: 2 × worker of checks in eu; 1.2.0: 1 × dashboard)"
    )


def test_a_region_without_workers_is_reported_with_its_beginning() -> None:
    said = wrong(replace(WELL, reporting={"eu": NOON, "us": NOON}, silent={"ap": NOON}))
    never = wrong(replace(WELL, reporting={"eu": NOON, "us": NOON}))

    assert said == {
        "Regions": "no worker of ap has reported since 2026-03-01 12:00 UTC, and 3 websites name it: start one there "
        "with "
        "WATCHWRIGHT_REGION=ap and WATCHWRIGHT_FLEET=true, or remove the region from them"
    }
    assert never["Regions"].startswith("no worker of ap has reported yet")


def test_an_unreachable_quorum_is_reported() -> None:
    said = wrong(replace(WELL, reporting={"eu": NOON}))
    lower = wrong(replace(WELL, reporting={"eu": NOON}, shares=(replace(SHARE, quorum=1),)))

    assert said["Quorum"].startswith(
        "Shop and 2 others cannot be marked down: the quorum is 2 of eu, us, ap, with 1 reporting"
    )
    assert "Quorum" not in lower


@pytest.mark.parametrize(("seconds", "words"), [(3_600.0, "3,600.0 s ahead of"), (-1.5, "1.5 s behind")])
def test_a_wrong_clock_is_reported(seconds: float, words: str) -> None:
    assert words in wrong(replace(WELL, skew_seconds=seconds))["Clocks"]
    assert not wrong(replace(WELL, skew_seconds=0.9))


def test_sessions_without_a_worker_are_reported_with_a_remedy() -> None:
    waiting = replace(WELL, waiting=Waiting(sessions=1, since=NOON, seconds=1))
    taken = replace(waiting, processes=Counter({Process(version="1.2.0", role="checks+sessions"): 1}))

    assert wrong(waiting)["Sessions"].startswith(
        "one debug session waits for a worker, since 2026-03-01 12:00 UTC, and no process takes them; start "
        "`watchwright"
    )
    assert not wrong(taken)


def test_on_one_machine_a_waiting_session_is_reported_after_a_minute() -> None:
    assert list(wrong(LEFT)) == ["Sessions"]
    assert not wrong(FleetState(waiting=Waiting(sessions=2, since=NOON, seconds=59)))
    assert not list(diagnose_fleet(FleetState()))
