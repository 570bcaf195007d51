"""Due checks start in order and at a limited rate. Time is injected, never slept."""

from core.monitoring.schedule import Plan
from core.workers.agenda import Agenda


def plan(number: int, due_at: float, interval_seconds: float = 60) -> Plan:
    return Plan(website_id=number, interval_seconds=interval_seconds, due_at=due_at)


def followed(agenda: Agenda, until: float, step: float = 0.001) -> list[tuple[float, int]]:
    """What is taken from 0 to *until*, each with when."""
    taken = []
    for tick in range(round(until / step)):
        now = tick * step
        while (one := agenda.take(now)) is not None:
            taken.append((now, one.website_id))
    return taken


def test_the_first_due_website_is_taken_first_and_planned_again() -> None:
    agenda = Agenda()
    agenda.set([plan(1, 3.0), plan(2, 1.0)])

    assert agenda.take(0.5) is None
    assert agenda.idle_seconds(0.5) == 0.5
    assert agenda.take(5.0) == plan(2, 1.0)
    assert agenda.get(2) == plan(2, 61.0)


def test_a_hundred_checks_start_per_second_however_many_are_due() -> None:
    agenda = Agenda()
    agenda.set(plan(number, 0.0) for number in range(500))

    taken = followed(agenda, 3.0)

    assert 290 <= len(taken) <= 310
    assert len({number for _at, number in taken}) == len(taken)
    assert max(sum(start <= at < start + 0.1 for at, _number in taken) for start in (0.5, 1.0, 2.0)) <= 12


def test_the_rate_is_never_below_that_of_the_intervals() -> None:
    agenda = Agenda()
    agenda.set(plan(number, 0.0, 5) for number in range(2_000))

    assert len({number for _at, number in followed(agenda, 4.0)}) == 2_000


def test_a_thousand_failing_websites_are_checked_again_within_seconds() -> None:
    agenda = Agenda()
    agenda.set(plan(number, 60.0) for number in range(1_000))
    for number in range(1_000):
        agenda.put(plan(number, 0.0))

    taken = followed(agenda, 5.0)

    assert len({number for _at, number in taken}) == 1_000
    assert max(sum(start <= at < start + 0.1 for at, _number in taken) for start in (0.5, 1.0, 2.0)) <= 35


def test_simultaneously_due_websites_stay_spread_in_the_next_round() -> None:
    agenda = Agenda()
    agenda.set(plan(number, 0.0, 20) for number in range(500))

    taken = followed(agenda, 30.0)

    starts = {number: at for at, number in taken[:500]}
    assert all(abs(at - starts[number] - 20) < 0.02 for at, number in taken[500:])


def test_a_replaced_plan_is_not_followed() -> None:
    agenda = Agenda()
    agenda.set([plan(1, 1.0)])
    agenda.put(plan(1, 0.5))

    assert [number for _at, number in followed(agenda, 3.0)] == [1]
    agenda.set([])
    assert followed(agenda, 200.0, step=1.0) == []


def test_a_check_due_soon_joins_the_batch_and_keeps_its_slot() -> None:
    agenda = Agenda()
    agenda.set([plan(1, 1.0), plan(2, 1.1), plan(3, 1.5)])

    taken = followed(agenda, 62.0)

    assert taken == [(1.0, 1), (1.0, 2), (1.5, 3), (61.0, 1), (61.0, 2), (61.5, 3)]


def test_a_batch_has_ten_checks_at_most_and_none_is_much_too_early() -> None:
    agenda = Agenda()
    agenda.set([*(plan(number, 1.0 + number / 1_000) for number in range(13)), plan(20, 1.12, 5)])

    at = {number: at for at, number in followed(agenda, 2.0)}

    assert [number for number in range(13) if at[number] == 1.0] == list(range(10))
    assert [number for number in range(13) if at[number] > 1.0] == [10, 11, 12]
    assert at[20] > 1.02


def test_a_sleeping_monitor_is_woken_when_a_check_is_due_sooner() -> None:
    agenda, heard = Agenda(), []
    agenda.on_news = lambda: heard.append(agenda.idle_seconds(0.0))
    agenda.set([plan(1, 9.0)])

    agenda.put(plan(1, 2.0))

    assert heard == [9.0, 2.0]
