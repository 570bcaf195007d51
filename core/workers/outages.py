"""Tracks outages of our own network.

An outage begins when most websites fall silent or the kernel has no route. It ends when websites are reached again.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.monitoring.own_network import Contact, Scope, Witness

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Outage:
    """A time during which our own network, or one scope of it, is down."""

    reason: str
    fallen: set[int] = field(default_factory=set)
    """Websites whose checks are UNKNOWN because of this outage."""
    reached: set[int] = field(default_factory=set)
    """Websites reached since the outage began."""
    silent: set[int] = field(default_factory=set)
    """Websites that were silent after the first one was reached."""

    @property
    def is_over(self) -> bool:
        """Whether at least two websites are reached, and more than are silent. A single one may have its own route."""
        return len(self.reached) >= 2 and len(self.reached) > len(self.silent)


class Outages:
    """The current outages, and the reason of the last one. All times are seconds on one monotonic clock."""

    def __init__(self, no_route_reason: Callable[[str | None], str | None]) -> None:
        """*no_route_reason* returns why the kernel has no route to an address; None if it has one."""
        self._no_route_reason = no_route_reason
        self._by_scope: dict[Scope, Outage] = {}
        self._by_address: dict[str | None, Outage] = {}
        """Outages that the kernel reports, by the unreachable address."""
        self._ended_at = float("-inf")
        self._last_reason = ""

    @property
    def current(self) -> list[Outage]:
        """All current outages."""
        return [*self._by_scope.values(), *self._by_address.values()]

    @property
    def scopes(self) -> list[Scope]:
        """The scopes that are down as a whole."""
        return list(self._by_scope)

    def begin(self, scope: Scope, reason: str) -> Outage:
        """Begin an outage of a whole scope."""
        _log(reason)
        outage = self._by_scope[scope] = Outage(reason=reason)
        return outage

    def of(self, scope: Scope, witness: Witness, contact: Contact) -> Outage | None:
        """Return the outage that affects this website, which is judged by *scope*; None if there is none."""
        outage = self._by_scope.get(scope)
        if outage is not None or contact is not Contact.SILENT or witness.scope is Scope.MACHINE:
            return outage
        if witness.address in self._by_address:  # also if the route has just come back, as the check failed before
            return self._by_address[witness.address]
        reason = self._no_route_reason(witness.address)
        if reason is None:
            return None
        if not self._by_address:
            _log(reason)  # once, not for each of hundreds of addresses
        outage = self._by_address[witness.address] = Outage(reason=reason)
        return outage

    def ended_after(self, began_at: float) -> str | None:
        """Return the reason of the last outage if it ended after *began_at*; else None."""
        return self._last_reason if began_at < self._ended_at else None

    def update(self, witness: Witness, contact: Contact, now: float, *, is_resting: bool) -> list[Outage]:
        """Update the outage of this website's scope with a contact; return the outages that this ends."""
        outage = self._by_scope.get(witness.scope)
        if outage is None:
            return []
        if contact is Contact.REACHED:
            outage.reached.add(witness.website_id)
            outage.silent.discard(witness.website_id)
        elif contact is Contact.SILENT and outage.reached and not is_resting:
            outage.silent.add(witness.website_id)
            outage.reached.discard(witness.website_id)
        return self.end([witness.scope], now) if outage.is_over else []

    def end(self, scopes: Iterable[Scope], now: float) -> list[Outage]:
        """End the outages of *scopes* and return them."""
        ended = [self._ended(self._by_scope.pop(scope), now) for scope in scopes]
        for outage in ended:
            _log_end(outage.reason)
        return ended

    def end_where_there_is_a_way(self, now: float) -> list[Outage]:
        """End the outages of addresses to which the kernel has a route again, and return them."""
        open_now = [address for address in self._by_address if self._no_route_reason(address) is None]
        ended = [self._ended(self._by_address.pop(address), now) for address in open_now]
        if ended and not self._by_address:
            _log_end(ended[-1].reason)
        return ended

    def _ended(self, outage: Outage, now: float) -> Outage:
        self._ended_at, self._last_reason = now, outage.reason
        return outage


def _log(reason: str) -> None:
    logger.error("our own network is down", extra={"reason": reason})


def _log_end(reason: str) -> None:
    logger.warning("our own network is back", extra={"reason": reason})
