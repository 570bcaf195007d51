"""Probes of many websites show whether our own network failed, and the kernel whether there is a route."""

import socket
from dataclasses import replace

import pytest

from core.monitoring import routing
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.own_network import (
    Contact,
    Origin,
    Scope,
    Witness,
    can_be_judged,
    contact,
    origin,
    panel,
    sample,
    scope_of,
)
from core.monitoring.probe import ProbeResult
from tests.probe_results import PUBLIC, failed


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (PUBLIC, Contact.REACHED),
        (replace(PUBLIC, http_status_code=500), Contact.REACHED),
        (failed(ProbeErrorKind.CONNECT_REFUSED), Contact.REACHED),
        (failed(ProbeErrorKind.TLS_EXPIRED), Contact.REACHED),
        (failed(ProbeErrorKind.CLOSED_BEFORE_ANSWER), Contact.REACHED),
        (failed(ProbeErrorKind.TIMEOUT_CONNECT), Contact.SILENT),
        (failed(ProbeErrorKind.CONNECT_FAILED), Contact.SILENT),
        (failed(ProbeErrorKind.DNS_FAILED), Contact.SILENT),
        (failed(ProbeErrorKind.DNS_NOT_FOUND), Contact.INCONCLUSIVE),
        (failed(ProbeErrorKind.TIMEOUT_ANSWER), Contact.INCONCLUSIVE),
    ],
)
def test_only_silence_can_be_a_failure_of_our_own_network(result: ProbeResult, said: Contact) -> None:
    assert contact(result) is said


def witness(
    number: int, *, silent_at: float | None = None, since: float | None = None, reached_at: float = 0
) -> Witness:
    since = silent_at if since is None else since
    return Witness(
        website_id=number, place=f"203.0.113.{number}", reached_at=reached_at, silent_at=silent_at, silent_since=since
    )


def silent(count: int, at: float = 100, first: int = 1) -> list[Witness]:
    return [witness(number, silent_at=at) for number in range(first, first + count)]


def heard(count: int, at: float = 100, first: int = 50) -> list[Witness]:
    return [witness(number, reached_at=at) for number in range(first, first + count)]


@pytest.mark.parametrize(
    ("witnesses", "whose"),
    [
        (silent(3), Origin.OURS),
        (silent(2), Origin.UNDECIDED),
        (silent(3) + heard(2), Origin.OURS),
        (silent(3) + heard(3), Origin.THEIRS),
        (silent(1) + heard(1), Origin.UNDECIDED),
        (silent(1) + heard(2), Origin.THEIRS),
        (silent(3) + heard(50, at=90), Origin.OURS),
        (silent(3, at=90), Origin.UNDECIDED),
        ([*silent(1), witness(9, silent_at=100, since=5), witness(8, silent_at=100, since=5)], Origin.UNDECIDED),
        ([witness(1, silent_at=100)] * 5, Origin.UNDECIDED),
    ],
    ids=[
        "three, and nobody is heard",
        "two alone are too few",
        "most",
        "half are not most",
        "one that is heard is too few",
        "one fails, two are heard",
        "what was heard before says nothing",
        "what was silent before says nothing",
        "those that are long silent say nothing",
        "one place with many websites is one",
    ],
)
def test_the_majority_of_recent_witnesses_decides(witnesses: list[Witness], whose: Origin) -> None:
    assert origin(witnesses, since=95) is whose


def test_a_witness_remembers_the_start_of_its_silence_until_it_is_reached() -> None:
    one = Witness(website_id=1)

    one.note(PUBLIC, "shop.example", began_at=1, ended_at=2)
    one.note(failed(ProbeErrorKind.TIMEOUT_CONNECT, "203.0.113.7"), "shop.example", began_at=10, ended_at=20)
    one.note(failed(ProbeErrorKind.DNS_FAILED), "shop.example", began_at=25, ended_at=26)

    assert (one.reached_at, one.silent_since, one.silent_at) == (2, 10, 26)
    one.note(PUBLIC, "shop.example", began_at=30, ended_at=31)
    assert (one.silent_since, one.silent_at, one.place) == (None, None, "203.0.113.7")


def test_unresolved_names_of_a_domain_have_the_same_place() -> None:
    places = set()
    for name in ("a.shop.example", "b.shop.example", "other.example"):
        one = Witness(website_id=1)
        one.note(failed(ProbeErrorKind.DNS_FAILED), name, began_at=1, ended_at=2)
        places.add(one.place)

    assert places == {"shop.example", "other.example"}


@pytest.mark.parametrize(
    ("host", "address", "scope"),
    [
        ("shop.example", None, Scope.PUBLIC),
        ("shop.example", "8.8.8.8", Scope.PUBLIC),
        ("nas", "192.168.1.5", Scope.PRIVATE),
        ("fd00::1", None, Scope.PRIVATE),
        ("127.0.0.1", None, Scope.MACHINE),
        ("a.localhost", None, Scope.MACHINE),
    ],
)
def test_the_scope_of_an_address_is_recognised(host: str, address: str | None, scope: Scope) -> None:
    assert scope_of(host, address) is scope


def test_the_panel_consists_of_the_most_recently_reached_places() -> None:
    twin = replace(witness(4, reached_at=9), place="203.0.113.3")
    there = [witness(1, silent_at=9), witness(2, reached_at=5), witness(3, reached_at=7), twin]

    assert panel(there, 3) == [4, 2, 1]
    assert can_be_judged(there)
    assert not can_be_judged([twin, there[2], there[1]])


def test_a_sample_has_one_witness_per_place_and_keeps_the_share_of_silent_ones() -> None:
    there = [*silent(30), *heard(30), replace(witness(99, silent_at=100), place="203.0.113.1")]

    chosen = sample(there, 20)

    assert len({one.place for one in chosen}) == 20
    assert sum(one.silent_at is not None for one in chosen) == 10
    assert len(sample(there, 100)) == 60


def test_this_machine_has_a_route_to_itself() -> None:
    assert routing.no_route_reason("127.0.0.1") is None


def test_a_missing_route_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unreachable:
        def __enter__(self) -> "Unreachable":
            return self

        def __exit__(self, *_: object) -> None: ...

        def connect(self, _address: object) -> None:
            raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", lambda *_: Unreachable())

    assert routing.no_route_reason("203.0.113.7") == "this machine has no route to 203.0.113.7"
    assert routing.no_route_reason(None) == "this machine has no route to the internet"
