"""A rule's form converts to fields and back, and a trial's result is a sentence."""

from typing import Any

import pytest

from core.errors import InvalidInput
from core.models import NotificationEvent
from core.notifications.trial import Trial
from core.schemas.notification_rule import NotificationRuleCreate
from dashboard.actions.rule_trial import FINDERS
from dashboard.components.rule_form import EVENTS, fields_of, sent_words, typed_of

EMPTY: dict[str, Any] = {event: False for event, _words in EVENTS} | {
    "name": " Slow shop ",
    "channel_id": "1",
    "subject": "all",
    "template": "",
    "quiet_from": "",
    "quiet_until": "",
    "timezone": "",
    "unless_acknowledged": False,
    "after_minutes": "",
    "cooldown_minutes": "",
    "remind_minutes": "",
    "certificate_days": "",
    "slow_ms": "",
    "slow_minutes": "",
    "unsteady_percent": "",
    "budget_target": "",
    "finding_kinds": "",
}
TYPED = EMPTY | {
    NotificationEvent.SLOW: True,
    NotificationEvent.FINDING: True,
    NotificationEvent.BUDGET: True,
    NotificationEvent.UNSTEADY: True,
    NotificationEvent.EVIDENCE: True,
    "slow_ms": "1500",
    "slow_minutes": "5",
    "unsteady_percent": "10",
    "budget_target": "99.5",
    "finding_kinds": "tls_expired, dns",
    "after_minutes": "2.5",
}
REMINDING = EMPTY | {NotificationEvent.DOWN: True, "remind_minutes": "90"}


def test_typed_values_make_a_valid_rule() -> None:
    given = fields_of(TYPED)

    rule = NotificationRuleCreate.checked({name: value for name, value in given.items() if name != "subject"})
    assert (rule.name, rule.slow_ms, rule.slow_minutes, rule.budget_target) == ("Slow shop", 1_500, 5, 99.5)
    assert rule.unsteady_percent == 10
    assert (rule.finding_kinds, rule.after_seconds) == (["tls_expired", "dns"], 150)
    assert {str(event) for event in rule.events} == {"SLOW", "FINDING", "BUDGET", "EVIDENCE", "UNSTEADY"}


@pytest.mark.parametrize("event", [event for event, _words in EVENTS])
def test_every_event_has_a_switch(event: NotificationEvent) -> None:
    assert fields_of(EMPTY | {event: True})["events"] == [event]


def test_an_event_included_in_another_is_left_out() -> None:
    given = fields_of(EMPTY | dict.fromkeys(NotificationEvent, True))

    told_with = {
        NotificationEvent.FLAPPING,
        NotificationEvent.HEARD,
        NotificationEvent.REMINDER,
        NotificationEvent.MENDED,
    }
    assert set(given["events"]) == set(NotificationEvent) - told_with


def test_reminders_without_failures_are_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        fields_of(REMINDING | {NotificationEvent.DOWN: False, NotificationEvent.UP: True})

    assert refused.value.by_field == {
        "remind_minutes": "Reminders are for failures only: choose “It goes down or flaps”, or leave this empty."
    }


def test_reminders_below_a_minute_are_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        fields_of(REMINDING | {"remind_minutes": "0.5"})

    assert refused.value.by_field == {"remind_minutes": "Enter at least 1 minute, or leave this empty."}


def test_empty_fields_get_defaults() -> None:
    given = fields_of(EMPTY | {NotificationEvent.DOWN: True})

    usual = NotificationRuleCreate(name="Slow shop", channel_id=1, events=[NotificationEvent.DOWN])
    rule = NotificationRuleCreate.checked({name: value for name, value in given.items() if name != "subject"})
    assert rule == usual


def test_the_form_shows_stored_values() -> None:
    stored = fields_of(TYPED)

    shown = typed_of(stored)

    assert (shown[NotificationEvent.SLOW], shown[NotificationEvent.DOWN]) == (True, False)
    assert (shown["slow_ms"], shown["budget_target"], shown["finding_kinds"]) == (1_500, 99.5, "tls_expired, dns")
    assert (shown["after_minutes"], shown["cooldown_minutes"]) == (2.5, None)
    assert typed_of(fields_of(REMINDING))["remind_minutes"] == 90


@pytest.mark.parametrize(
    "name", ["slow_ms", "slow_minutes", "unsteady_percent", "budget_target", "after_minutes", "certificate_days"]
)
def test_invalid_numbers_are_reported(name: str) -> None:
    with pytest.raises(InvalidInput, match="'soon' is not a number"):
        fields_of(TYPED | {name: "soon"})


def test_limits_are_reported_in_the_fields_unit() -> None:
    with pytest.raises(InvalidInput) as refused:
        fields_of(TYPED | {"slow_ms": "soon", "after_minutes": "20000"})

    assert refused.value.by_field == {
        "after_minutes": "Enter at most 10,080 minutes (one week).",
        "slow_ms": "'soon' is not a number. Enter one such as 5.",
    }


def test_all_errors_are_reported_together() -> None:
    with pytest.raises(InvalidInput) as refused:
        fields_of(REMINDING | {"name": " ", "slow_ms": "soon", "remind_minutes": "0.5"})

    assert refused.value.by_field.keys() == {"name", "slow_ms", "remind_minutes"}


def test_a_rule_without_events_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one event"):
        fields_of(EMPTY)


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (Trial(by_event={}), "In the last 30 days this would have sent 0 messages."),
        (
            Trial(by_event={NotificationEvent.DOWN: 1, NotificationEvent.UP: 0}),
            "In the last 30 days this would have sent 1 message: 1 of failures.",
        ),
        (
            Trial(by_event={NotificationEvent.UP: 1_200}, unknown=("Of some nothing is known.",)),
            "In the last 30 days this would have sent 1,200 messages: 1,200 of recoveries. Of some nothing is known.",
        ),
    ],
)
def test_a_trial_is_described_in_sentences(trial: Trial, words: str) -> None:
    assert sent_words(trial, 30) == words


@pytest.mark.parametrize("event", [NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.FLAPPING, *FINDERS])
def test_every_event_that_a_trial_may_count_has_words(event: NotificationEvent) -> None:
    assert sent_words(Trial(by_event={event: 2}), 30).startswith("In the last 30 days")
