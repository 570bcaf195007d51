"""Every incident that was opened at a service is ended there once."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.errors import NotDelivered
from core.models import MonitorStatus, NotificationEvent, OpenIncident, Region, Website, WebsiteState
from core.notifications.channels import Sender
from core.notifications.delivery import DIGEST_MIN
from core.notifications.incident_ends import IncidentEnder, find_ends
from core.notifications.outbox import Change, announce
from core.notifications.retries import LEASE, MAX_ATTEMPTS
from core.schemas import WebsiteUpdate
from core.schemas.notification_rule import NotificationRuleUpdate
from core.services import (
    AuditEventCRUD,
    DowntimeWindowCRUD,
    NotificationChannelCRUD,
    NotificationEpisodeCRUD,
    NotificationRuleCRUD,
    WebsiteCRUD,
    WebsiteFaultCRUD,
    flapping,
)
from tests.conftest import Queries
from tests.core.notifications.conftest import PAGERDUTY, SEALER, Sent, make_channel, make_rule
from tests.core.notifications.scenarios import comes_back, dispatcher, falls_silent, goes_down, outbox
from tests.factories import make_session, make_website
from tests.receivers import Service

send = Sender(lambda _host, _address, _port: None)


def ender(sent: Any) -> IncidentEnder:
    return IncidentEnder(SEALER, sent)


def open_incidents() -> list[OpenIncident]:
    return run_in_session(lambda db: db.query(OpenIncident).order_by(OpenIncident.id).all())


def pauses(website_id: int, by: str | None = None) -> None:
    def work(db: Session) -> None:
        website = WebsiteCRUD.update(db, website_id, WebsiteUpdate(is_active=False))
        if by is not None and website is not None:
            named = f"website {website.id} {website.name}"
            AuditEventCRUD.create(
                db, actor=by, action="website.change", subject=named, details={"fields": ["is_active"]}
            )

    run_in_session(work)


def deletes(website_id: int) -> None:
    def work(db: Session) -> None:
        AuditEventCRUD.create(db, actor="user Ada", action="website.delete", subject=f"website {website_id} Shop 0")
        WebsiteCRUD.delete(db, website_id)

    run_in_session(work)


def unrules(_website_id: int) -> None:
    run_in_session(lambda db: NotificationRuleCRUD.update(db, 1, NotificationRuleUpdate(is_enabled=False)))


def withdraws(_website_id: int) -> None:
    run_in_session(lambda db: DowntimeWindowCRUD.delete(db, 1))


async def test_pausing_a_website_ends_its_incident_once(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    await ender(sent).end_due()  # nothing ends while the failure lasts

    pauses(1, by="user Ada")
    await ender(sent).end_due()
    await ender(sent).end_due()

    (opened, _down), (key, end) = sent.messages
    assert key == f"{opened}:ended"
    assert (end.payload["event"], end.payload["follows"], end.payload["website"]["name"]) == ("ended", opened, "Shop 0")
    assert end.title == "Shop 0 was paused by Ada"
    assert end.text.startswith("Shop 0 was paused by Ada. Its current status is unknown.\nhttps://")
    ended = "Taken. Resolved: Shop 0 was paused by Ada. Its current status is unknown."
    assert [one.answer for one in outbox()] == [ended]
    assert open_incidents() == []


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (deletes, "Shop 0 was deleted by Ada"),
        (unrules, "No rule notifies this channel about Shop 0 any more"),
        (withdraws, "Shop 0 or its downtime window was deleted"),
    ],
    ids=["deleted", "in no rule", "withdrawn"],
)
async def test_the_end_names_its_reason(stored: Engine, sent: Sent, happens: Callable[[int], None], words: str) -> None:
    goes_down()
    await dispatcher(sent).send_due()

    happens(1)
    await ender(sent).end_due()

    assert sent.titles == ["Shop 0 is down", words]


async def test_an_incident_that_cannot_be_judged_does_not_keep_others_open(stored: Engine, sent: Sent) -> None:
    goes_down(2)
    await dispatcher(sent).send_due()
    run_in_session(lambda db: db.execute(update(OpenIncident).where(OpenIncident.id == 1).values(event="UNHEARD_OF")))

    pauses(1)
    pauses(2)
    await ender(sent).end_due()

    assert sent.titles[-1] == "Shop 1 was paused"
    assert [one.event for one in open_incidents()] == ["UNHEARD_OF"]


async def test_an_incident_lasts_while_any_rule_notifies_about_its_failure(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: make_rule(db, NotificationChannelCRUD.get_all(db)[0][0], name="Later"))
    announced("DOWN", str(window_id), window_id=window_id)
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=1))
    assert sent.messages[1][1].follows == sent.messages[0][0]

    unrules(1)
    await ender(sent).end_due()
    assert sent.titles == ["Shop 0 is down"] * 2
    run_in_session(lambda db: NotificationRuleCRUD.delete(db, 2))
    await ender(sent).end_due()

    assert sent.titles[2:] == ["No rule notifies this channel about Shop 0 any more"]


async def test_the_end_has_the_websites_full_name(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: WebsiteCRUD.update(db, 1, WebsiteUpdate(name="St. Gallen")))

    pauses(1)
    await ender(sent).end_due()

    assert sent.titles[1:] == ["St. Gallen was paused"]


async def test_a_pause_ends_the_incident_even_if_it_was_short(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    pauses(1)
    run_in_session(lambda db: WebsiteCRUD.update(db, 1, WebsiteUpdate(is_active=True)))

    await ender(sent).end_due()

    assert sent.titles[1:] == ["Shop 0 was paused"]


async def test_an_incident_ends_if_the_answer_to_its_message_was_lost_and_its_website_is_paused(
    stored: Engine, sent: Sent
) -> None:
    goes_down()
    sent.refuses = NotDelivered("It did not answer within 15 seconds.", may_have_arrived=True)
    await dispatcher(sent).send_due()
    sent.refuses = None
    await ender(sent).end_due()  # the failure lasts, and so does the incident

    pauses(1)
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=1))
    await ender(sent).end_due()

    assert sent.titles == ["Shop 0 was paused"]
    assert sent.messages[0][0] == f"{outbox()[0].key}:ended"
    assert open_incidents() == []


async def test_an_incident_ends_if_the_process_was_killed_while_it_sent_its_message(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.hangs = True
    running = asyncio.create_task(dispatcher(sent).send_due())
    await sent.entered.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    sent.hangs = False

    pauses(1)
    await ender(sent).end_due()

    assert sent.titles == ["Shop 0 was paused"]


async def test_a_message_that_was_refused_has_opened_no_incident(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("404 Not Found")
    await dispatcher(sent).send_due()
    sent.refuses = None

    pauses(1)
    await ender(sent).end_due()

    assert sent.messages == []
    assert open_incidents() == []


async def test_a_refused_retry_does_not_forget_an_earlier_lost_answer(stored: Engine, sent: Sent) -> None:
    goes_down()
    sent.refuses = NotDelivered("It did not answer within 15 seconds.", may_have_arrived=True)
    await dispatcher(sent).send_due()
    sent.refuses = NotDelivered("404 Not Found")
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=1))

    assert [one.key for one in open_incidents()] == [outbox()[0].key]


async def test_a_digest_whose_answer_was_lost_lasts_until_all_its_websites_are_back(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(DIGEST_MIN, rule={"events": ["DOWN"]})
    sent.refuses = NotDelivered("It did not answer within 15 seconds.", may_have_arrived=True)
    await dispatcher(sent).send_due()
    sent.refuses = None
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=1))

    pauses(1)
    await ender(sent).end_due()
    assert sent.titles == [f"{DIGEST_MIN} websites are down"]
    for website_id in range(2, len(window_ids) + 1):
        pauses(website_id)
    await ender(sent).end_due()

    assert sent.titles[1:] == [f"An incident of {DIGEST_MIN} websites is over"]


async def test_a_digest_whose_answers_are_all_lost_lasts_as_long(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(DIGEST_MIN, rule={"events": ["DOWN"]})
    lost = Sent(refuses=NotDelivered("It did not answer within 15 seconds.", may_have_arrived=True))
    await dispatcher(lost).send_due()

    pauses(1)
    await ender(sent).end_due()
    assert sent.titles == []
    for website_id in range(2, len(window_ids) + 1):
        pauses(website_id)
    await ender(sent).end_due()

    assert sent.titles == [f"An incident of {DIGEST_MIN} websites is over"]
    assert all("Shop 3 was paused" in str(one.answer) for one in outbox())


async def test_withdrawn_windows_do_not_count_as_deleted_websites(stored: Engine, sent: Sent) -> None:
    window_ids = goes_down(DIGEST_MIN)
    await dispatcher(sent).send_due()

    run_in_session(lambda db: [DowntimeWindowCRUD.delete(db, one) for one in window_ids])
    await ender(sent).end_due()

    (_key, end) = sent.messages[-1]
    assert end.text.startswith(f"All {DIGEST_MIN} websites, or their downtime windows, were deleted. ")


async def test_a_new_message_cancels_an_end_that_was_not_accepted(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    await dispatcher(sent).send_due()
    unrules(1)
    sent.refuses = NotDelivered("503 Service Unavailable")
    await ender(sent).end_due()
    assert [one.attempts for one in open_incidents()] == [1]
    sent.refuses = None

    run_in_session(lambda db: make_rule(db, NotificationChannelCRUD.get_all(db)[0][0], name="Later"))
    announced("DOWN", str(window_id), window_id=window_id)
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=1))
    await ender(sent).end_due(utc_now() + timedelta(hours=1))

    assert sent.titles == ["Shop 0 is down"] * 2
    assert [(one.ends_because, one.attempts) for one in open_incidents()] == [(None, 0)]


async def test_a_pending_recovery_ends_the_incident_itself(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    await dispatcher(sent).send_due()

    comes_back(window_id)
    await ender(sent).end_due()
    assert sent.titles == ["Shop 0 is down"]
    await dispatcher(sent).send_due(utc_now() + timedelta(minutes=1))

    assert sent.titles == ["Shop 0 is down", "Shop 0 is back"]
    assert open_incidents() == []


async def test_a_webhook_without_recoveries_gets_none(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down(rule={"events": ["DOWN"]})
    await dispatcher(sent).send_due()

    comes_back(window_id)
    await ender(sent).end_due()

    assert sent.titles == ["Shop 0 is down"]
    assert open_incidents() == []


async def test_mails_and_chats_get_no_ends(stored: Engine, sent: Sent) -> None:
    mail = {"host": "mail.example", "sender": "a@b.example", "recipients": ["c@d.example"]}

    def work(db: Session) -> None:
        for name, kind, address in (("m", "EMAIL", mail), ("c", "APPRISE", {"url": "json://127.0.0.1:9/"})):
            make_rule(db, make_channel(db, name=name, kind=kind, address=address))

    run_in_session(work)
    goes_down()
    await dispatcher(sent).send_due()
    pauses(1)
    await ender(sent).end_due()

    assert sent.titles == [*["Shop 0 is down"] * 3, "Shop 0 was paused"]  # the last one goes to the webhook only


async def test_an_incident_of_many_websites_lasts_until_all_are_back(stored: Engine, sent: Sent) -> None:
    goes_down(4)
    await dispatcher(sent).send_due()
    assert sent.titles == ["4 websites are down"]

    for website_id in (1, 2, 3):
        pauses(website_id)
    await ender(sent).end_due()
    assert len(sent.messages) == 1
    deletes(4)
    await ender(sent).end_due()

    assert "Shop 0 was paused. " in sent.messages[1][1].text
    assert sent.titles[1] == "An incident of 4 websites is over"
    assert len(sent.messages[1][1].payload["websites"]) == 4
    assert "acknowledge?ticket" not in json.dumps(sent.messages[1][1].payload)


async def test_one_lasting_failure_is_found_without_reading_all(
    stored: Engine, sent: Sent, query_counter: Queries
) -> None:
    window_ids = goes_down(40)
    await dispatcher(sent).send_due()
    comes_back(*window_ids[:-1], is_told=False)

    with query_counter.counted(stored) as queries:
        run_in_session(find_ends, utc_now())

    assert len(queries.statements) < 10


async def test_lasting_incidents_are_judged_by_a_few_queries(
    stored: Engine, sent: Sent, query_counter: Queries
) -> None:
    def further_channels(db: Session) -> None:
        for number in range(9):
            make_rule(db, make_channel(db, name=f"Channel {number}"), name=f"Rule {number}")

    run_in_session(further_channels)
    goes_down(3)
    await dispatcher(sent).send_due()
    assert len(open_incidents()) == 30

    with query_counter.counted(stored) as queries:
        run_in_session(find_ends, utc_now())

    assert len(queries.statements) == 3


async def test_a_refused_end_is_retried_until_the_last_attempt(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    pauses(1)

    sent.refuses = NotDelivered("503 Service Unavailable")
    moment = utc_now()
    for attempt in range(1, MAX_ATTEMPTS):
        await ender(sent).end_due(moment)
        assert [one.attempts for one in open_incidents()] == [attempt]
        moment += timedelta(hours=2)
    await ender(sent).end_due(moment)

    assert open_incidents() == []
    stays = "Taken. It stays open there, because its resolution could not be delivered: 503 Service Unavailable"
    assert [one.answer for one in outbox()] == [stays]


async def three_paused(sent: Sent) -> None:
    """Send a message for each of three failing websites, and pause them."""
    goes_down(3)
    await dispatcher(sent).send_due()
    assert len(sent.messages) == 3
    for website_id in (1, 2, 3):
        pauses(website_id)


async def test_a_pausing_service_gets_no_further_ends(stored: Engine, sent: Sent) -> None:
    await three_paused(sent)

    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=60)
    await ender(sent).end_due()
    assert sorted(one.attempts for one in open_incidents()) == [0, 0, 1]
    sent.refuses = None
    await ender(sent).end_due(utc_now() + timedelta(minutes=2))

    assert sorted(sent.titles[3:]) == ["Shop 0 was paused", "Shop 1 was paused", "Shop 2 was paused"]
    assert open_incidents() == []


async def test_a_refused_end_delays_no_other(stored: Engine, sent: Sent) -> None:
    await three_paused(sent)

    sent.refuses = NotDelivered("400 Bad Request")
    await ender(sent).end_due()

    assert [one.attempts for one in open_incidents()] == [1, 1, 1]


async def test_a_dead_channel_costs_one_attempt_per_round(stored: Engine, sent: Sent) -> None:
    await three_paused(sent)
    sent.refuses = NotDelivered("410 Gone", concerns_channel=True)

    moment, rounds = utc_now(), 0
    while open_incidents():
        sent.tries = 0
        await ender(sent).end_due(moment)
        assert sent.tries == 1
        moment, rounds = moment + timedelta(hours=2), rounds + 1

    assert rounds == MAX_ATTEMPTS
    stays = "Taken. It stays open there, because its resolution could not be delivered: 410 Gone"
    assert [one.answer for one in outbox()] == [stays] * 3


async def test_an_end_at_which_the_service_fails_delays_no_other_twice(stored: Engine, sent: Sent) -> None:
    await three_paused(sent)
    sent.refuses = NotDelivered("500 Internal Server Error", concerns_channel=True)
    await ender(sent).end_due()
    sent.refuses = None

    await ender(sent).end_due(utc_now() + timedelta(seconds=7))

    assert sent.titles[3:] == ["Shop 1 was paused", "Shop 2 was paused"]


async def test_ends_without_time_left_in_the_lease_wait_for_the_next_round(stored: Engine, sent: Sent) -> None:
    await three_paused(sent)

    began_at = utc_now() - LEASE / 2 - timedelta(seconds=1)
    await ender(sent).end_due(began_at)
    assert len(sent.messages) == 3
    assert {(one.attempts, one.leased_until) for one in open_incidents()} == {(0, None)}
    await ender(sent).end_due()

    assert len(sent.messages) == 6


async def test_a_message_waits_while_the_end_of_its_incident_is_being_sent(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    await dispatcher(sent).send_due()
    unrules(1)
    ends = Sent(hangs=True)
    ending = asyncio.create_task(ender(ends).end_due())
    await ends.entered.wait()

    run_in_session(lambda db: make_rule(db, NotificationChannelCRUD.get_all(db)[0][0], name="Later"))
    announced("DOWN", str(window_id), window_id=window_id)
    soon = utc_now() + timedelta(minutes=1)
    await dispatcher(sent).send_due(soon)
    waiting = outbox()[0]
    assert (sent.titles, waiting.attempts) == (["Shop 0 is down"], 0)
    assert waiting.answer == "Waiting until the end of its incident was sent."
    ends.goes_on.set()
    await ending
    await dispatcher(sent).send_due(soon)

    assert (len(ends.messages), sent.titles) == (1, ["Shop 0 is down"] * 2)
    assert [one.ends_because for one in open_incidents()] == [None]


async def test_a_message_that_is_being_sent_cancels_the_end_of_its_incident(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    await dispatcher(sent).send_due()
    unrules(1)
    run_in_session(find_ends, utc_now())
    run_in_session(lambda db: make_rule(db, NotificationChannelCRUD.get_all(db)[0][0], name="Later"))
    announced("DOWN", str(window_id), window_id=window_id)

    again, ends = Sent(hangs=True), Sent()
    sending = asyncio.create_task(dispatcher(again).send_due(utc_now() + timedelta(minutes=1)))
    await again.entered.wait()
    await ender(ends).end_due()
    again.goes_on.set()
    await sending

    assert (again.titles, ends.titles) == (["Shop 0 is down"], [])


async def test_an_end_scheduled_by_a_clock_that_was_ahead_is_sent_after_its_correction(
    stored: Engine, sent: Sent
) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    pauses(1)
    sent.refuses = NotDelivered("429 Too Many Requests", retry_after_seconds=60)
    await ender(sent).end_due()

    def was_ahead(db: Session) -> None:
        ahead = timedelta(days=5_000)
        incident, rests_until = db.get_one(OpenIncident, 1), NotificationChannelCRUD.get_all(db)[0][0].rests_until
        assert rests_until is not None and incident.due_at is not None
        NotificationChannelCRUD.let_rest(db, incident.channel_id, rests_until + ahead)
        incident.due_at, incident.leased_until = incident.due_at + ahead, utc_now() + ahead

    run_in_session(was_ahead)
    sent.refuses = None
    await ender(sent).end_due()

    assert sent.titles[1:] == ["Shop 0 was paused"]


async def test_an_end_waits_until_its_channel_is_switched_on(stored: Engine, sent: Sent) -> None:
    goes_down()
    await dispatcher(sent).send_due()
    pauses(1)

    def switch(is_enabled: bool) -> None:
        def work(db: Session) -> None:
            NotificationChannelCRUD.get_all(db)[0][0].is_enabled = is_enabled

        run_in_session(work)

    switch(False)
    await ender(sent).end_due()
    assert len(sent.messages) == 1
    switch(True)
    await ender(sent).end_due()

    assert len(sent.messages) == 2


def told(service: Service) -> list[tuple[str, str]]:
    bodies = [json.loads(body) for _path, _headers, body in service.posted]
    return [(one["event_action"], one["dedup_key"]) for one in bodies]


def shop_on_call(events: list[str]) -> None:
    def work(db: Session) -> None:
        website = make_website(db, name="Shop")
        db.merge(WebsiteState(website_id=website.id, status=MonitorStatus.UP, checked_at=utc_now()))
        make_rule(db, make_channel(db, kind="APPRISE", address={"url": PAGERDUTY}), events=events)

    run_in_session(work)


def set_state(**values: Any) -> None:
    def work(db: Session) -> None:
        state = db.get(WebsiteState, 1)
        for name, value in values.items():
            setattr(state, name, value)

    run_in_session(work)


def announced(event: str, episode: str = "1", **given: Any) -> None:
    change = Change(event=NotificationEvent(event), website_id=1, happened_at=utc_now(), episode=episode, **given)
    run_in_session(lambda db: announce(db, [change]))


async def test_pagerduty_gets_the_recovery_from_a_rule_without_recoveries(stored: Engine, pagerduty: Service) -> None:
    (window_id,) = goes_down(rule={"events": ["DOWN"]})
    run_in_session(
        lambda db: make_rule(
            db, make_channel(db, name="PD", kind="APPRISE", address={"url": PAGERDUTY}), events=["DOWN"]
        )
    )
    announced("DOWN", str(window_id), window_id=window_id)
    await dispatcher(send).send_due()  # type: ignore[arg-type]

    comes_back(window_id)
    await ender(send).end_due()

    assert told(pagerduty) == [("trigger", "2:1:down:1"), ("resolve", "2:1:down:1")]


async def test_the_incident_of_a_degraded_website_ends_with_its_recovery(stored: Engine, pagerduty: Service) -> None:
    shop_on_call(["DEGRADED"])
    set_state(status=MonitorStatus.DEGRADED)
    announced("DEGRADED")
    await dispatcher(send).send_due()  # type: ignore[arg-type]
    await ender(send).end_due()

    set_state(status=MonitorStatus.UP)
    await ender(send).end_due()

    assert told(pagerduty) == [("trigger", "1:1:degraded:1"), ("resolve", "1:1:degraded:1")]


def certificate_comes(*, days_left: float) -> str:
    """Announce a certificate that expires soon; returns the notification's key."""
    expires = utc_now() + timedelta(days=days_left)
    set_state(certificate_expires_at=expires)
    announced("CERTIFICATE", expires.date().isoformat(), days_left=days_left)
    return f"1:1:certificate:{expires.date().isoformat()}"


@pytest.mark.parametrize("days", [90, 6], ids=["of months", "of days"])
async def test_the_incident_of_a_certificate_ends_with_its_replacement(
    stored: Engine, pagerduty: Service, days: int
) -> None:
    shop_on_call(["CERTIFICATE"])
    key = certificate_comes(days_left=3)
    await dispatcher(send).send_due()  # type: ignore[arg-type]
    await ender(send).end_due()

    set_state(certificate_expires_at=utc_now() + timedelta(days=days))
    await ender(send).end_due()

    assert told(pagerduty) == [("trigger", key), ("resolve", key)]


async def test_the_incident_of_a_certificate_outlasts_a_changed_limit(stored: Engine, pagerduty: Service) -> None:
    shop_on_call(["CERTIFICATE"])
    key = certificate_comes(days_left=10)
    await dispatcher(send).send_due()  # type: ignore[arg-type]

    run_in_session(lambda db: NotificationRuleCRUD.update(db, 1, NotificationRuleUpdate(certificate_days=7)))
    await ender(send).end_due()

    assert told(pagerduty) == [("trigger", key)]


async def test_a_finding_about_a_past_failure_opens_no_incident(stored: Engine, pagerduty: Service) -> None:
    (window_id,) = goes_down(rule={"events": ["UP"]})
    run_in_session(
        lambda db: make_rule(
            db, make_channel(db, name="PD", kind="APPRISE", address={"url": PAGERDUTY}), events=["FINDING"]
        )
    )
    comes_back(window_id, is_told=False)
    announced("FINDING", window_id=window_id, detail="It burns.")

    await dispatcher(send).send_due()  # type: ignore[arg-type]

    assert told(pagerduty) == []
    assert open_incidents() == []


async def test_the_incident_of_a_finding_ends_with_the_failure(stored: Engine, pagerduty: Service) -> None:
    (window_id,) = goes_down(rule={"events": ["UP"]})
    run_in_session(
        lambda db: make_rule(
            db, make_channel(db, name="PD", kind="APPRISE", address={"url": PAGERDUTY}), events=["FINDING"]
        )
    )
    announced("FINDING", window_id=window_id, detail="It burns.")
    await dispatcher(send).send_due()  # type: ignore[arg-type]
    await ender(send).end_due()

    comes_back(window_id, is_told=False)
    await ender(send).end_due()

    assert told(pagerduty) == [("trigger", "2:1:finding:1"), ("resolve", "2:1:finding:1")]


@pytest.mark.parametrize("event", ["SLOW", "BUDGET", "UNSTEADY"])
async def test_the_incident_of_a_condition_ends_with_its_episode(
    stored: Engine, pagerduty: Service, event: str
) -> None:
    def hold(*website_ids: int) -> None:
        kind = NotificationEvent(event)
        run_in_session(lambda db: NotificationEpisodeCRUD.hold(db, 1, kind, website_ids, utc_now()))

    shop_on_call([event])
    hold(1)
    announced(event)
    await dispatcher(send).send_due()  # type: ignore[arg-type]
    await ender(send).end_due()

    hold()
    await ender(send).end_due()

    key = f"1:1:{event.lower()}:1"
    assert told(pagerduty) == [("trigger", key), ("resolve", key)]


@pytest.mark.parametrize("count", [1, 9])
async def test_lasting_conditions_are_judged_by_a_few_queries(
    stored: Engine, sent: Sent, query_counter: Queries, count: int
) -> None:
    def further_channels(db: Session) -> None:
        for number in range(count):
            make_rule(db, make_channel(db, name=f"Channel {number}"), events=["SLOW", "FAULT"], name=f"Rule {number}")
        website = make_website(db, name="Shop")
        session = make_session(db, website)
        fault = WebsiteFaultCRUD.begin(db, session, "", kind="SCRIPT", sentence="A script fails.", found_at=utc_now())
        for rule_id in range(1, count + 1):
            NotificationEpisodeCRUD.hold(db, rule_id, NotificationEvent.SLOW, [website.id], utc_now())
        db.flush()
        fault_ids.append(fault.id)

    fault_ids: list[int] = []
    run_in_session(further_channels)
    announced("SLOW")
    announced("FAULT", fault_id=fault_ids[0])
    await dispatcher(sent).send_due()
    assert len(open_incidents()) == 2 * count

    with query_counter.counted(stored) as queries:
        run_in_session(find_ends, utc_now())

    assert len(queries.statements) == 5
    assert all(incident.ends_because is None for incident in open_incidents())


async def test_an_incident_lasts_while_its_website_flaps(stored: Engine, sent: Sent) -> None:
    (window_id,) = goes_down()
    await dispatcher(sent).send_due()
    run_in_session(lambda db: flapping.begin(db, {1: utc_now()}))

    comes_back(window_id, is_told=False)
    await ender(sent).end_due()
    assert sent.titles == ["Shop 0 is down"]
    run_in_session(lambda db: flapping.end(db, [1], utc_now()))
    await ender(sent).end_due()

    assert open_incidents() == []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["eu_1"], "The region eu_1 reports again"),
        (None, "No website is checked from the region eu_1 any more"),
    ],
    ids=["heard", "named no more"],
)
async def test_the_incident_of_a_silent_region_ends_with_the_reason(
    stored: Engine, sent: Sent, names: list[str] | None, words: str
) -> None:
    falls_silent()
    await dispatcher(sent).send_due()
    await ender(sent).end_due()

    def is_over(db: Session) -> None:
        db.merge(Region(name="eu_1", silent_since=None))
        db.get_one(Website, 1).regions = names

    run_in_session(is_over)
    await ender(sent).end_due()

    assert sent.titles == ["A region stopped reporting", words]


async def test_the_incident_of_a_silent_region_outlives_its_website(stored: Engine, sent: Sent) -> None:
    falls_silent()
    run_in_session(lambda db: setattr(db.get_one(Website, 2), "regions", ["eu_1"]))
    await dispatcher(sent).send_due()

    run_in_session(lambda db: WebsiteCRUD.delete(db, 1))
    await ender(sent).end_due()
    assert sent.titles == ["A region stopped reporting"]
    run_in_session(lambda db: db.merge(Region(name="eu_1", silent_since=None)))
    await ender(sent).end_due()

    assert sent.titles[1:] == ["The region eu_1 reports again"]


async def test_finding_ends_costs_one_query_without_open_incidents(
    stored: Engine, sent: Sent, query_counter: Queries
) -> None:
    with query_counter.counted(stored) as queries:
        await ender(sent).end_due()

    assert len(queries) == 1
