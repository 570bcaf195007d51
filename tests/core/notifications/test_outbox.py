"""Notifications are written once, in the transaction of their change."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.models import NotificationEvent, NotificationState
from core.monitoring.downtime import Confirmation
from core.monitoring.record import record
from core.notifications.outbox import Change, announce
from core.schemas import TagCreate
from core.services import NotificationCRUD, TagCRUD
from tests.conftest import Queries
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import NOON, make_website, make_window
from tests.probe_results import BAD, GOOD, judged_check

DOWN = NotificationEvent.DOWN


def change(website_id: int, window_id: int | None = None, episode: str = "1") -> Change:
    return Change(event=DOWN, website_id=website_id, window_id=window_id, happened_at=NOON, episode=episode)


def test_a_failure_and_its_recovery_are_announced_once(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store))
    for seconds, result in enumerate([BAD, BAD, BAD, GOOD]):
        record(store, [judged_check(website.id, seconds, result)], Confirmation(retries=1))

    announced, total = NotificationCRUD.get_all(store)

    assert total == 2
    assert {(one.event, one.state) for one in announced} == {
        (DOWN, NotificationState.PENDING),
        (NotificationEvent.UP, NotificationState.PENDING),
    }
    assert {one.window_id for one in announced} == {1}


def test_a_change_that_is_rolled_back_is_not_announced(store: Session) -> None:
    website = make_website(store)
    make_rule(store, make_channel(store))
    store.commit()

    record(store, [judged_check(website.id, 0, BAD)], Confirmation(retries=0))
    store.rollback()

    assert NotificationCRUD.get_all(store)[1] == 0


def test_the_same_change_is_announced_once(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website)
    make_rule(store, make_channel(store))

    for _ in range(3):
        announce(store, [change(website.id, window.id)], NOON)

    assert NotificationCRUD.get_all(store, window_id=window.id)[1] == 1


@pytest.mark.parametrize("off", ["rule", "channel"])
def test_disabled_rules_announce_nothing(db: Session, off: str) -> None:
    website = make_website(db)
    make_rule(db, make_channel(db, is_enabled=off != "channel"), is_enabled=off != "rule")

    assert announce(db, [change(website.id)], NOON) == 0


def test_a_rule_for_a_tag_matches_websites_with_that_tag(db: Session) -> None:
    shop, blog = make_website(db, tags=["customers"]), make_website(db)
    tag = TagCRUD.create(db, TagCreate(name="other"))
    channel = make_channel(db)
    make_rule(db, channel, tag_id=TagCRUD.of_websites(db, [shop.id])[shop.id][0].id)
    make_rule(db, channel, tag_id=tag.id)

    announce(db, [change(shop.id), change(blog.id)], NOON)

    assert [one.website_id for one in NotificationCRUD.get_all(db)[0]] == [shop.id]


def test_announcing_without_rules_costs_one_query(db: Session, query_counter: Queries) -> None:
    website = make_website(db)
    engine = db.get_bind()
    assert isinstance(engine, Engine)

    with query_counter.counted(engine) as queries:
        announce(db, [change(website.id, episode=str(number)) for number in range(50)], NOON)

    assert len(queries) == 1
