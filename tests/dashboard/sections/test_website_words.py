"""The sentences about a website's status on its page."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorStatus
from dashboard.queries.website import load_facts
from dashboard.sections.website_words import cause_words, spoken, status
from tests.factories import make_check, make_maintenance, make_website, make_window


def test_the_cause_comes_with_its_window(store: Session) -> None:
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


def test_an_unknown_cause_is_stated(store: Session) -> None:
    website = make_website(store)
    window = make_window(store, website, started_at=utc_now(), root_cause=None)

    facts = load_facts(store, website.id)

    assert facts is not None
    assert cause_words(facts) == ("Cause not known yet.", window.id)


@pytest.mark.parametrize("status", [MonitorStatus.DEGRADED, MonitorStatus.DOWN])
def test_the_latest_error_is_shown_unless_paused(store: Session, status: MonitorStatus) -> None:
    website = make_website(store)
    make_check(store, website, checked_at=utc_now(), status=status, error_message="It took too long.")
    facts = load_facts(store, website.id)
    assert facts is not None

    assert cause_words(facts) == ("It took too long.", None)
    website.is_active = False
    assert cause_words(facts) is None


def test_unsteadiness_is_shown_while_up(store: Session) -> None:
    website = make_website(store)
    make_window(store, website, started_at=ago(40), ended_at=ago(35))
    make_maintenance(store, website_id=website.id, starts_at=ago(20), duration_seconds=600)
    fails = {39, 38, 37, 30, 19, 18, 17, 8, 5, 2}
    for minute in range(40, 0, -1):
        status = MonitorStatus.DOWN if minute in fails else MonitorStatus.UP
        words = f"It failed {minute} minutes ago." if minute in fails else None
        make_check(store, website, checked_at=ago(minute), status=status, error_message=words)
    facts = load_facts(store, website.id)
    assert facts is not None

    said = (
        "Intermittent failures: 3 of the last 10 checks failed, but too few in a row to count as down. It failed 2 "
        "minutes ago."
    )
    assert cause_words(facts) == (said, None)
    assert cause_words(replace(facts, unsteadiness=None)) is None


def ago(minutes: int) -> datetime:
    return utc_now() - timedelta(minutes=minutes)


def test_the_spoken_status_has_no_duration(store: Session) -> None:
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
