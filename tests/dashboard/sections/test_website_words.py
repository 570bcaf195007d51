"""What a website's page says in words of how the website is."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorStatus
from dashboard.queries.website import load_facts
from dashboard.sections.website_words import cause_words, spoken, status
from tests.factories import make_check, make_website, make_window


def test_why_it_is_down_is_said_with_the_window_that_shows_it(store: Session) -> None:
    website = make_website(store)
    began = utc_now() - timedelta(minutes=5)
    over = make_window(store, website, started_at=began - timedelta(days=1), ended_at=began, root_cause="A full disk.")
    facts = load_facts(store, website.id)
    assert facts is not None
    assert cause_words(facts) is None

    window = make_window(store, website, started_at=began, root_cause="The name is not found.")
    facts = load_facts(store, website.id)

    assert facts is not None
    assert cause_words(facts) == ("The name is not found.", window.id)
    assert over.id != window.id


def test_a_cause_that_is_not_known_yet_is_said_to_be_so(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website, started_at=utc_now(), root_cause=None)

    facts = load_facts(store, website.id)

    assert facts is not None
    assert cause_words(facts) == ("What it is down for is not known yet.", window.id)


@pytest.mark.parametrize("status", [MonitorStatus.DEGRADED, MonitorStatus.DOWN])
def test_why_it_is_degraded_or_fails_for_now_is_said_while_it_is_watched(store: Session, status: MonitorStatus) -> None:
    website = make_website(store)
    make_check(store, website, checked_at=utc_now(), status=status, error_message="It took too long.")
    facts = load_facts(store, website.id)
    assert facts is not None

    assert cause_words(facts) == ("It took too long.", None)
    website.is_active = False
    assert cause_words(facts) is None


def test_what_is_spoken_changes_with_the_status_and_not_with_its_age(store: Session) -> None:
    website = make_website(store, name="Shop")
    make_check(store, website, checked_at=utc_now())
    facts = load_facts(store, website.id)
    assert facts is not None
    later = replace(facts, now=facts.now + timedelta(minutes=5))
    make_window(store, website, started_at=utc_now(), root_cause=None)
    down = load_facts(store, website.id)
    assert down is not None

    assert status(facts) != status(later)
    assert (spoken(facts), spoken(later), spoken(down)) == ("Shop: Up", "Shop: Up", "Shop: Down")
