"""Each due slot is claimed by one worker, without drift, by PostgreSQL's clock."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import CheckSchedule, Website
from core.services import check_schedule
from tests.factories import make_check, make_website


@pytest.fixture
def fleet(postgresql: Engine) -> Iterator[Session]:
    with Session(postgresql, expire_on_commit=False) as db:
        yield db


def due_in(db: Session, website: Website) -> float | None:
    """Seconds until the website is due, by the store's clock of this transaction."""
    wait = func.extract("epoch", CheckSchedule.next_due_at - func.now())
    found = db.scalar(select(wait).where(CheckSchedule.website_id == website.id))
    return None if found is None else float(found)


def due_in_regions(db: Session, website: Website) -> dict[str, float]:
    wait = func.extract("epoch", CheckSchedule.next_due_at - func.now())
    rows = db.execute(select(CheckSchedule.region, wait).where(CheckSchedule.website_id == website.id))
    return {region: float(seconds) for region, seconds in rows}


def make_due(db: Session, website: Website, *, seconds_ago: float) -> None:
    then = func.now() - timedelta(seconds=seconds_ago)
    db.execute(update(CheckSchedule).where(CheckSchedule.website_id == website.id).values(next_due_at=then))


def test_a_new_website_is_due_at_once_and_a_checked_one_after_its_interval(fleet: Session) -> None:
    new, checked = make_website(fleet), make_website(fleet, check_interval=60)
    make_check(fleet, checked, checked_at=check_schedule.store_now(fleet) - timedelta(seconds=20))

    check_schedule.plan(fleet)

    assert due_in(fleet, new) == 0
    assert due_in(fleet, checked) == pytest.approx(40, abs=1)


def test_a_start_spreads_overdue_checks(fleet: Session) -> None:
    websites = [make_website(fleet, check_interval=60) for _ in range(20)]
    for website in websites:
        make_check(fleet, website)  # years ago

    check_schedule.plan(fleet)

    waits = sorted(due_in(fleet, website) or 0 for website in websites)
    assert 0 <= waits[0] < 4
    assert 25 < waits[-1] <= 30


def test_a_check_dated_in_the_future_delays_nothing(fleet: Session) -> None:
    website = make_website(fleet, check_interval=60)
    make_check(fleet, website, checked_at=check_schedule.store_now(fleet) + timedelta(hours=1))

    check_schedule.plan(fleet)

    assert due_in(fleet, website) == pytest.approx(60, abs=1)


def test_a_claimed_website_is_due_one_interval_after_its_last_slot(fleet: Session) -> None:
    website = make_website(fleet, check_interval=60)
    check_schedule.plan(fleet)
    make_due(fleet, website, seconds_ago=7)

    (slot,) = check_schedule.claim(fleet, 10)

    assert (slot.website_id, slot.interval_seconds) == (website.id, 60)
    assert due_in(fleet, website) == pytest.approx(53)
    assert check_schedule.claim(fleet, 10) == []


def planned(fleet: Session) -> list[tuple[int, str]]:
    query = select(CheckSchedule.website_id, CheckSchedule.region).order_by(CheckSchedule.website_id)
    return [(website_id, region) for website_id, region in fleet.execute(query)]


def test_only_changed_websites_are_planned_again(fleet: Session) -> None:
    first, second = make_website(fleet, check_interval=60), make_website(fleet, check_interval=60)
    check_schedule.plan(fleet)
    for website in (first, second):
        website.regions = ["eu"]
    fleet.flush()

    check_schedule.plan(fleet, {first.id})
    some = planned(fleet)
    check_schedule.plan(fleet, range(second.id, second.id + check_schedule.MAX_BY_ID + 1))
    everything = planned(fleet)

    assert some == [(first.id, "eu"), (second.id, "")]
    assert everything == [(first.id, "eu"), (second.id, "eu")]


def test_slots_missed_during_a_pause_are_skipped(fleet: Session) -> None:
    website = make_website(fleet, check_interval=60)
    check_schedule.plan(fleet)
    make_due(fleet, website, seconds_ago=3_607)

    slots = check_schedule.claim(fleet, 10)

    assert len(slots) == 1
    assert due_in(fleet, website) == pytest.approx(53)


def test_a_paused_website_is_not_due_and_a_resumed_one_is(fleet: Session) -> None:
    website = make_website(fleet)
    make_check(fleet, website, checked_at=utc_now())
    check_schedule.plan(fleet)
    website.is_active = False
    fleet.flush()
    check_schedule.plan(fleet)
    paused = due_in(fleet, website)
    website.is_active = True
    fleet.flush()

    check_schedule.plan(fleet)

    assert (paused, due_in(fleet, website)) == (None, 0)


def test_a_shorter_interval_applies_at_once(fleet: Session) -> None:
    website = make_website(fleet, check_interval=3_600)
    check_schedule.plan(fleet)
    check_schedule.claim(fleet, 10)
    website.check_interval = 30
    fleet.flush()

    check_schedule.plan(fleet)

    assert due_in(fleet, website) == pytest.approx(30, abs=1)


def test_planning_again_changes_nothing(fleet: Session) -> None:
    website = make_website(fleet, check_interval=60)
    check_schedule.plan(fleet)
    check_schedule.claim(fleet, 10)

    check_schedule.plan(fleet)

    assert due_in(fleet, website) == pytest.approx(60, abs=1)


def test_a_failing_website_is_due_sooner_and_never_later(fleet: Session) -> None:
    failing, soon = make_website(fleet, check_interval=60), make_website(fleet, check_interval=60)
    check_schedule.plan(fleet)
    check_schedule.claim(fleet, 10)
    make_due(fleet, soon, seconds_ago=-2)

    check_schedule.bring_forward(fleet, {failing.id: 5.0, soon.id: 5.0, 999_999: 5.0})

    assert due_in(fleet, failing) == pytest.approx(5)
    assert due_in(fleet, soon) == pytest.approx(2)


def test_a_website_is_due_in_each_of_its_regions(fleet: Session) -> None:
    named, anywhere = make_website(fleet, regions=["eu", "us"]), make_website(fleet)
    check_schedule.plan(fleet)

    nowhere = check_schedule.claim(fleet, 10)
    in_eu = check_schedule.claim(fleet, 10, ("", "eu"))
    named.regions = ["us", "ap"]
    fleet.flush()
    check_schedule.plan(fleet)

    assert [(slot.website_id, slot.region) for slot in nowhere] == [(anywhere.id, "")]
    assert [(slot.website_id, slot.region) for slot in in_eu] == [(named.id, "eu")]
    planned = fleet.scalars(select(CheckSchedule.region).where(CheckSchedule.website_id == named.id))
    assert sorted(planned) == ["ap", "us"]


def test_one_worker_per_region_claims_a_requested_check(fleet: Session) -> None:
    website = make_website(fleet, regions=["eu", "us"])

    answers = [
        check_schedule.claim_one(fleet, website.id, "asked", ("", region)) for region in ("ap", "eu", "us", "eu")
    ]

    assert answers == [False, True, True, False]
    assert not check_schedule.claim_one(fleet, website.id, "asked")


def test_a_failing_website_is_due_sooner_in_one_region_or_in_all(fleet: Session) -> None:
    website = make_website(fleet, regions=["eu", "us"], check_interval=60)
    check_schedule.plan(fleet)
    check_schedule.claim(fleet, 10, ("eu", "us"))

    check_schedule.bring_forward(fleet, {website.id: 5.0}, ("", "eu"))
    there = due_in_regions(fleet, website)
    check_schedule.bring_forward(fleet, {website.id: 5.0}, None)

    assert there == pytest.approx({"eu": 5, "us": 60}, abs=1)
    assert due_in_regions(fleet, website) == pytest.approx({"eu": 5, "us": 5}, abs=1)


def test_concurrent_workers_share_the_due_slots(fleet: Session, postgresql: Engine) -> None:
    for _ in range(60):
        make_website(fleet)
    check_schedule.plan(fleet)
    fleet.commit()

    def work(_worker: int) -> list[int]:
        with Session(postgresql) as db:
            claimed = [slot.website_id for _turn in range(3) for slot in check_schedule.claim(db, 10)]
            db.commit()
        return claimed

    with ThreadPoolExecutor(4) as workers:
        claimed = [one for some in workers.map(work, range(4)) for one in some]

    assert len(claimed) == len(set(claimed))
    assert len(claimed) == 60


def test_slots_claimed_by_a_worker_that_died_before_the_commit_stay_due(fleet: Session, postgresql: Engine) -> None:
    website = make_website(fleet)
    check_schedule.plan(fleet)
    fleet.commit()

    with Session(postgresql) as dying:
        lost = check_schedule.claim(dying, 10)

    assert [slot.website_id for slot in lost] == [website.id]
    assert check_schedule.claim(fleet, 10) == lost


def test_one_worker_claims_a_requested_check(fleet: Session, postgresql: Engine) -> None:
    paused = make_website(fleet, is_active=False)
    fleet.commit()

    def work(_worker: int) -> bool:
        with Session(postgresql) as db:
            is_ours = check_schedule.claim_one(db, paused.id, "0123456789abcdef")
            db.commit()
        return is_ours

    with ThreadPoolExecutor(4) as workers:
        answers = list(workers.map(work, range(4)))

    assert sorted(answers) == [False, False, False, True]
    assert check_schedule.claim_one(fleet, paused.id, "another")
