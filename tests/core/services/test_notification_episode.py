"""Episodes store since when a rule's condition holds."""

from sqlalchemy.orm import Session

from core.models import NotificationEvent
from core.services import NotificationEpisodeCRUD
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import at, make_website


def test_an_episode_keeps_its_beginning_until_it_ends(store: Session) -> None:
    rule, website = make_rule(store, make_channel(store)), make_website(store)

    def held(*website_ids: int, second: int) -> object:
        return NotificationEpisodeCRUD.hold(store, rule.id, NotificationEvent.SLOW, website_ids, at(second))

    assert held(website.id, second=0) == {website.id: at(0)}
    assert held(website.id, second=30) == {website.id: at(0)}
    assert held(second=60) == {}
    assert held(website.id, second=90) == {website.id: at(90)}


def test_episodes_of_different_events_are_separate(store: Session) -> None:
    rule, website = make_rule(store, make_channel(store)), make_website(store)

    NotificationEpisodeCRUD.hold(store, rule.id, NotificationEvent.SLOW, [website.id], at(0))
    NotificationEpisodeCRUD.hold(store, rule.id, NotificationEvent.BUDGET, [], at(10))

    again = NotificationEpisodeCRUD.hold(store, rule.id, NotificationEvent.SLOW, [website.id], at(20))
    assert again == {website.id: at(0)}


def test_websites_with_an_episode_are_found(store: Session) -> None:
    rule, website = make_rule(store, make_channel(store)), make_website(store)
    NotificationEpisodeCRUD.hold(store, rule.id, NotificationEvent.UNSTEADY, [website.id], at(0))

    assert NotificationEpisodeCRUD.holding(store, rule.id, NotificationEvent.UNSTEADY) == {website.id}
    assert NotificationEpisodeCRUD.holding(store, rule.id, NotificationEvent.SLOW) == set()
