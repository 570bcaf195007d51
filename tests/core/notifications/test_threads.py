"""One failure is one incident at a service, for all its rules and while it flaps."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import run_in_session
from core.models import NotificationEvent
from core.monitoring.downtime import Confirmation
from core.monitoring.record import record
from core.notifications.incident_ends import IncidentEnder
from core.notifications.outbox import Change, announce
from tests.core.notifications.conftest import SEALER, Sent, make_channel, make_rule
from tests.core.notifications.scenarios import comes_back, dispatcher
from tests.factories import make_website, make_window
from tests.probe_results import BAD, GOOD, judged_check

AT_ONCE = Confirmation(retries=0, recoveries=1, flapping_changes=4)


async def plays(sent: Sent, *story: tuple[float, bool]) -> None:
    """Store checks at these seconds after noon, and send the resulting notifications."""
    for seconds, is_good in story:
        run_in_session(record, [judged_check(1, seconds, GOOD if is_good else BAD)], AT_ONCE)
        await dispatcher(sent).send_due(utc_now() + timedelta(minutes=2))
        await IncidentEnder(SEALER, sent).end_due()


async def test_a_failure_after_flapping_continues_its_thread(stored: Engine, sent: Sent) -> None:
    def work(db: Session) -> None:
        make_website(db, name="Shop")
        make_rule(db, make_channel(db))

    run_in_session(work)
    await plays(sent, *((60.0 * number, number % 2 == 1) for number in range(9)), (3_700, False), (4_000, False))
    await plays(sent, (4_100, True))

    titles = [*["Shop is down", "Shop is back"] * 2, "Shop is flapping", "Shop is down", "Shop is back"]
    assert sent.titles == titles
    key, flapping = sent.messages[4]
    assert flapping.follows is None
    assert [message.incidents for _key, message in sent.messages[5:]] == [(key,)] * 2
    assert sent.messages[6][1].ends_incidents


async def test_a_later_failure_is_not_part_of_earlier_flapping(stored: Engine, sent: Sent) -> None:
    def work(db: Session) -> None:
        make_website(db, name="Shop")
        make_rule(db, make_channel(db), events=["DOWN"])

    run_in_session(work)
    await plays(sent, *((60.0 * number, number % 2 == 1) for number in range(8)), (9_000, True), (9_100, True))
    await plays(sent, (20_000, False))

    assert sent.titles == ["Shop is down", "Shop is down", "Shop is flapping", "Shop is down"]
    assert sent.messages[3][1].follows is None


async def test_a_second_rule_continues_the_incident_in_the_same_channel(stored: Engine, sent: Sent) -> None:
    def work(db: Session) -> None:
        channel = make_channel(db)
        make_rule(db, channel, name="Late", after_seconds=300)
        make_rule(db, channel, name="At once")
        window = make_window(db, make_website(db, name="Shop"), started_at=utc_now(), root_cause="It burns.")
        announce(db, [_of(NotificationEvent.DOWN, window.id)])

    run_in_session(work)
    await dispatcher(sent).send_due()
    run_in_session(lambda db: announce(db, [_of(NotificationEvent.FLAPPING, 1)]))
    await dispatcher(sent).send_due()
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=400))
    comes_back(1)
    await dispatcher(sent).send_due(utc_now() + timedelta(seconds=400))

    assert sent.titles == ["Shop is down", "Shop is flapping", "Shop is down", "Shop is back"]
    assert [message.incident_keys(key) for key, message in sent.messages] == [("2:1:down:1",)] * 4


def _of(event: NotificationEvent, window_id: int) -> Change:
    return Change(event=event, website_id=1, window_id=window_id, happened_at=utc_now(), episode=str(window_id))
