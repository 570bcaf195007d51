"""Decides from the probes of many websites whether our own network failed. Pure.

If a single website fails, the website is down. If most websites fall silent at about the same time, or all canaries
do, our own network failed, and the checks say nothing about the websites.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.probe import ProbeResult

OWN_NETWORK = "own_network"
"""`MonitorCheck.error_kind` of a check that failed because of our own network."""
MIN_SILENT_PLACES = 3  # one or two websites may well fail at once by themselves
MAX_SPREAD_SECONDS = 60.0  # places that fell silent further apart have no common cause

SILENT_KINDS = frozenset(
    {
        ProbeErrorKind.DNS_FAILED,
        ProbeErrorKind.TIMEOUT_DNS,
        ProbeErrorKind.CONNECT_FAILED,
        ProbeErrorKind.TIMEOUT_CONNECT,
    }
)
INCONCLUSIVE_KINDS = frozenset(
    {
        ProbeErrorKind.DNS_NOT_FOUND,  # may come from a cache nearby
        ProbeErrorKind.CONNECT_BLOCKED,
        ProbeErrorKind.URL,
        ProbeErrorKind.PROXY,
        ProbeErrorKind.OTHER,
        ProbeErrorKind.TIMEOUT_TLS,  # connected, then silent: either side may be the cause
        ProbeErrorKind.TIMEOUT_ANSWER,
        ProbeErrorKind.TIMEOUT_DOWNLOAD,
    }
)


class Contact(StrEnum):
    """Whether a probe reached anything beyond our own machine."""

    REACHED = "reached"
    """The other side answered in any way, even with a refusal."""
    SILENT = "silent"
    INCONCLUSIVE = "inconclusive"


class Scope(StrEnum):
    """The network of a website. Each network is judged separately, as one may fail alone."""

    MACHINE = "machine"
    """This machine itself, which is never judged."""
    PRIVATE = "private"
    PUBLIC = "public"


class Origin(StrEnum):
    """Whose failure a silence is."""

    OURS = "ours"
    THEIRS = "theirs"
    UNDECIDED = "undecided"


@dataclass(slots=True, kw_only=True)
class Witness:
    """The latest contact with a website. Times are seconds on one monotonic clock."""

    website_id: int
    place: Hashable = ""
    """What the website shares with others that fail together: its address, or its domain if its name does not
    resolve."""
    scope: Scope = Scope.PUBLIC
    address: str | None = None
    reached_at: float | None = None
    silent_at: float | None = None
    """When the latest silent check ended; None once the website is reached."""
    silent_since: float | None = None
    """When the first of the consecutive silent checks began."""

    def note(self, result: ProbeResult, host: str, *, began_at: float, ended_at: float) -> Contact:
        """Update the witness with a probe of this website, whose host is *host*, and return its contact."""
        outcome = contact(result)
        self.address = result.address or self.address
        self.scope = scope_of(host, self.address)
        if outcome is Contact.REACHED:
            self.reached_at, self.silent_at, self.silent_since = ended_at, None, None
            self.place = self.address or host
        elif outcome is Contact.SILENT:
            self.silent_at = ended_at
            self.silent_since = began_at if self.silent_since is None else self.silent_since
            self.place = self.address or host if result.address else _domain(host)
        return outcome


def contact(result: ProbeResult) -> Contact:
    """Return whether *result* shows that the probe reached anything beyond our own machine."""
    if result.error_kind in SILENT_KINDS:
        return Contact.SILENT
    return Contact.INCONCLUSIVE if result.error_kind in INCONCLUSIVE_KINDS else Contact.REACHED


@lru_cache(maxsize=4_096)
def scope_of(host: str, address: str | None) -> Scope:
    """Return the network of *host*. A name without a known address counts as public."""
    try:
        place = ip_address((address or host).partition("%")[0])
    except ValueError:
        return Scope.MACHINE if host.rpartition(".")[2] == "localhost" else Scope.PUBLIC
    if place.is_loopback:
        return Scope.MACHINE
    return Scope.PUBLIC if place.is_global else Scope.PRIVATE


def origin(witnesses: Iterable[Witness], since: float) -> Origin:
    """Return whose failure a silence is that began at *since*, from all *witnesses* of its scope.

    It is ours if at least `MIN_SILENT_PLACES` places fell silent since then, and more places than were reached. It is
    theirs if at least two places were reached, and no fewer than fell silent. Otherwise it is undecided.
    """
    silent: set[Hashable] = set()
    reached: set[Hashable] = set()
    for witness in witnesses:
        if witness.silent_since is not None and witness.silent_at is not None:
            if witness.silent_at >= since and witness.silent_since >= since - MAX_SPREAD_SECONDS:
                silent.add(witness.place)
        elif witness.reached_at is not None and witness.reached_at >= since:
            reached.add(witness.place)
    if len(silent) >= MIN_SILENT_PLACES and len(silent) > len(reached):
        return Origin.OURS
    return Origin.THEIRS if len(reached) >= 2 and len(reached) >= len(silent) else Origin.UNDECIDED


def can_be_judged(witnesses: Iterable[Witness]) -> bool:
    """Return whether there are enough places to tell our failure from theirs."""
    places: set[Hashable] = set()
    for witness in witnesses:
        places.add(witness.place)
        if len(places) == MIN_SILENT_PLACES:
            return True
    return False


def panel(witnesses: Iterable[Witness], count: int) -> list[int]:
    """Return the ids of websites to check when one falls silent: one per place, most recently reached first."""
    chosen: dict[Hashable, int] = {}
    for witness in sorted(
        witnesses, key=lambda witness: (witness.silent_since is not None, -(witness.reached_at or 0.0))
    ):
        chosen.setdefault(witness.place, witness.website_id)
        if len(chosen) == count:
            break
    return list(chosen.values())


def sample(witnesses: Iterable[Witness], count: int) -> list[Witness]:
    """Return up to *count* witnesses that represent all: one per place, spread evenly."""
    places = {witness.place: witness for witness in witnesses}
    there = list(places.values())
    return [there[number * len(there) // count] for number in range(count)] if len(there) > count else there


def _domain(host: str) -> str:
    """Return the last two labels of *host*, which roughly share name servers and so fail together."""
    return ".".join(host.rstrip(".").split(".")[-2:])
