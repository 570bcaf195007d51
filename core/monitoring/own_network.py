"""Is it us? What probes of many websites say of the network that they share with us. Pure.

A website that fails alone has failed. When most of those that are asked within moments fall silent, or the canaries
do, it is our own network, and the checks say nothing of the websites.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.probe import ProbeResult

OWN_NETWORK = "own_network"
"""`MonitorCheck.error_kind` of a check that says nothing of its website."""
FEWEST = 3  # silent places; one or two websites alone may well fail at once, and are then said to have failed
MOMENTS_SECONDS = 60.0  # places that fell silent further apart have no cause in common

SILENT_KINDS = frozenset(
    {
        ProbeErrorKind.DNS_FAILED,
        ProbeErrorKind.TIMEOUT_DNS,
        ProbeErrorKind.CONNECT_FAILED,
        ProbeErrorKind.TIMEOUT_CONNECT,
    }
)
UNSAYING_KINDS = frozenset(
    {
        ProbeErrorKind.DNS_NOT_FOUND,  # a cache nearby may have said so
        ProbeErrorKind.CONNECT_BLOCKED,
        ProbeErrorKind.URL,
        ProbeErrorKind.PROXY,
        ProbeErrorKind.OTHER,
        ProbeErrorKind.TIMEOUT_TLS,  # connected, then nothing: either side may be to blame
        ProbeErrorKind.TIMEOUT_ANSWER,
        ProbeErrorKind.TIMEOUT_DOWNLOAD,
    }
)


class Contact(StrEnum):
    """Whether a probe heard anything from beyond our own machine."""

    HEARD = "heard"
    """An answer of any kind, a refusal included: the way there is open."""
    SILENT = "silent"
    UNSAYING = "unsaying"


class Scope(StrEnum):
    """Which network a website is in; each is judged by itself, as one may fail while the other does not."""

    MACHINE = "machine"
    """This machine's own: never judged."""
    PRIVATE = "private"
    PUBLIC = "public"


class Origin(StrEnum):
    """Whose failure it is, as far as can be said."""

    OURS = "ours"
    THEIRS = "theirs"
    OPEN = "open"


@dataclass(slots=True, kw_only=True)
class Witness:
    """What was last heard of a website, in seconds on one monotonic clock."""

    website_id: int
    place: Hashable = ""
    """What it shares with others that fail with it: its address, or its domain while no name resolves."""
    scope: Scope = Scope.PUBLIC
    address: str | None = None
    heard_at: float | None = None
    silent_at: float | None = None
    """The end of the last check of the present run in which nothing was heard; None where something was."""
    silent_since: float | None = None
    """The beginning of that run's first check."""

    def note(self, result: ProbeResult, host: str, *, began_at: float, ended_at: float) -> Contact:
        """Take in a probe of this website, whose host is *host*."""
        said = contact(result)
        self.address = result.address or self.address
        self.scope = scope_of(host, self.address)
        if said is Contact.HEARD:
            self.heard_at, self.silent_at, self.silent_since = ended_at, None, None
            self.place = self.address or host
        elif said is Contact.SILENT:
            self.silent_at = ended_at
            self.silent_since = began_at if self.silent_since is None else self.silent_since
            self.place = self.address or host if result.address else _domain(host)
        return said


def contact(result: ProbeResult) -> Contact:
    """Whether *result* shows that anything beyond our own machine was reached."""
    if result.error_kind in SILENT_KINDS:
        return Contact.SILENT
    return Contact.UNSAYING if result.error_kind in UNSAYING_KINDS else Contact.HEARD


@lru_cache(maxsize=4_096)
def scope_of(host: str, address: str | None) -> Scope:
    """Which network *host* is in; a name whose address is not known is taken to be on the internet."""
    try:
        place = ip_address((address or host).partition("%")[0])
    except ValueError:
        return Scope.MACHINE if host.rpartition(".")[2] == "localhost" else Scope.PUBLIC
    if place.is_loopback:
        return Scope.MACHINE
    return Scope.PUBLIC if place.is_global else Scope.PRIVATE


def origin(witnesses: Iterable[Witness], since: float) -> Origin:
    """Whose failure a silence is that began at *since*, by what all *witnesses* of its scope say of the time from then.

    Ours when at least `FEWEST` places fell silent and more than half of those asked did; theirs when at least two
    places, and no fewer than fell silent, were heard; open until then.
    """
    silent: set[Hashable] = set()
    heard: set[Hashable] = set()
    for witness in witnesses:
        if witness.silent_since is not None and witness.silent_at is not None:
            if witness.silent_at >= since and witness.silent_since >= since - MOMENTS_SECONDS:
                silent.add(witness.place)
        elif witness.heard_at is not None and witness.heard_at >= since:
            heard.add(witness.place)
    if len(silent) >= FEWEST and len(silent) > len(heard):
        return Origin.OURS
    return Origin.THEIRS if len(heard) >= 2 and len(heard) >= len(silent) else Origin.OPEN


def can_be_judged(witnesses: Iterable[Witness]) -> bool:
    """Whether there are enough places to tell our failure from theirs."""
    places: set[Hashable] = set()
    for witness in witnesses:
        places.add(witness.place)
        if len(places) == FEWEST:
            return True
    return False


def panel(witnesses: Iterable[Witness], count: int) -> list[int]:
    """The websites to ask when one falls silent: of different places, those heard last first, by id."""
    chosen: dict[Hashable, int] = {}
    for witness in sorted(witnesses, key=lambda one: (one.silent_since is not None, -(one.heard_at or 0.0))):
        chosen.setdefault(witness.place, witness.website_id)
        if len(chosen) == count:
            break
    return list(chosen.values())


def sample(witnesses: Iterable[Witness], count: int) -> list[Witness]:
    """*count* of them that stand for all, however each of them fares: one of a place, spread evenly."""
    places = {witness.place: witness for witness in witnesses}
    there = list(places.values())
    return [there[number * len(there) // count] for number in range(count)] if len(there) > count else there


def _domain(host: str) -> str:
    """Roughly what one set of name servers answers for: those may fail for all beneath it."""
    return ".".join(host.rstrip(".").split(".")[-2:])
