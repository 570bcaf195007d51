"""An outage of our own network ends once more websites are reached than are silent."""

import pytest

from core.monitoring.own_network import Contact, Scope, Witness
from core.workers.outages import Outages

PUBLIC = Scope.PUBLIC


def said_by(outages: Outages, said: Contact, *website_ids: int, now: float, is_resting: bool = False) -> list[str]:
    """Why there was an outage, of those that these websites end by what they say."""
    witnesses = [Witness(website_id=website_id) for website_id in website_ids]
    ended = [outages.update(witness, said, now, is_resting=is_resting) for witness in witnesses]
    return [outage.reason for some in ended for outage in some]


def test_an_outage_does_not_end_when_a_single_website_is_reached() -> None:
    outages = Outages(lambda _address: None)
    outages.begin(PUBLIC, "3 of 4 fell silent")

    first = said_by(outages, Contact.REACHED, 1, now=5.0)
    second = said_by(outages, Contact.REACHED, 2, now=6.0)

    assert (first, second) == ([], ["3 of 4 fell silent"])
    assert outages.current == []


def test_silent_websites_prolong_an_outage_except_those_in_maintenance() -> None:
    outages = Outages(lambda _address: None)
    outages.begin(PUBLIC, "most fell silent")

    said_by(outages, Contact.REACHED, 1, now=5.0)
    said_by(outages, Contact.SILENT, 2, 3, now=6.0)
    said_by(outages, Contact.SILENT, 4, 5, now=6.0, is_resting=True)
    while_as_many = said_by(outages, Contact.REACHED, 6, now=7.0)
    with_one_more = said_by(outages, Contact.REACHED, 7, now=8.0)

    assert (while_as_many, with_one_more) == ([], ["most fell silent"])


def test_the_reason_of_an_outage_applies_to_checks_that_began_before_its_end() -> None:
    outages = Outages(lambda _address: None)
    outages.begin(PUBLIC, "no canary responds")
    outages.end([PUBLIC], 10.0)

    assert outages.ended_after(9.0) == "no canary responds"
    assert outages.ended_after(10.0) is None


def test_a_missing_route_applies_to_silent_websites_at_its_address() -> None:
    no_route_reason = {"192.0.2.1": "there is no route"}
    outages = Outages(lambda address: no_route_reason.get(address or ""))
    witness = Witness(website_id=1, address="192.0.2.1")

    heard = outages.of(PUBLIC, witness, Contact.REACHED)
    silent = outages.of(PUBLIC, witness, Contact.SILENT)
    no_route_reason.clear()
    ended = outages.end_where_there_is_a_way(7.0)

    assert heard is None
    assert silent is not None
    assert ended == [silent]
    assert outages.ended_after(6.0) == "there is no route"


def test_a_check_that_failed_before_the_route_returned_belongs_to_the_outage() -> None:
    no_route_reason = {"192.0.2.1": "there is no route"}
    outages = Outages(lambda address: no_route_reason.get(address or ""))
    witness = Witness(website_id=1, address="192.0.2.1")
    before = outages.of(PUBLIC, witness, Contact.SILENT)

    no_route_reason.clear()
    late = outages.of(PUBLIC, witness, Contact.SILENT)

    assert before is not None
    assert late is before


def test_the_loss_of_many_routes_is_logged_once_and_so_is_its_end(caplog: pytest.LogCaptureFixture) -> None:
    no_route_reason = {f"192.0.2.{number}": "there is no route" for number in range(1, 4)}
    outages = Outages(lambda address: no_route_reason.get(address or ""))
    for address in no_route_reason:
        outages.of(PUBLIC, Witness(website_id=1, address=address), Contact.SILENT)

    del no_route_reason["192.0.2.1"]
    outages.end_where_there_is_a_way(7.0)
    while_some_are_lost = len(caplog.messages)
    no_route_reason.clear()
    outages.end_where_there_is_a_way(8.0)

    assert while_some_are_lost == 1
    assert caplog.messages == ["our own network is down", "our own network is back"]
