"""A rule is described in words."""

from sqlalchemy.orm import Session

from dashboard.words.notification import rule_words
from tests.core.notifications.conftest import make_channel, make_rule


def test_a_rules_unsteady_limit_is_described(store: Session) -> None:
    rule = make_rule(store, make_channel(store), events=["DOWN", "UNSTEADY"], unsteady_percent=10)

    assert rule_words(rule) == "when it goes down or fails intermittently, from 10% of its last checks on"
