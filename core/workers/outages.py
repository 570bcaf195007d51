"""When our own network is down: begun where most fall silent or our own kernel says so, over once others are heard."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.monitoring.own_network import Contact, Scope, Witness

logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Outage:
    """A time in which our own network was down, or one scope of it."""

    reason: str
    fallen: set[int] = field(default_factory=set)
    """Websites of which it lets us know nothing."""
    heard: set[int] = field(default_factory=set)
    """Websites heard since it began."""
    silent: set[int] = field(default_factory=set)
    """Websites that were silent after the first of them was heard."""

    @property
    def is_over(self) -> bool:
        """Whether more websites are heard again than are not; one alone may be on a way of its own."""
        return len(self.heard) >= 2 and len(self.heard) > len(self.silent)


class Outages:
    """Those that last, and what the last one was; all times in seconds on one monotonic clock."""

    def __init__(self, no_route_reason: Callable[[str | None], str | None]) -> None:
        """*no_route_reason* says why our own kernel has no way to an address; None where it has one."""
        self._no_route_reason = no_route_reason
        self._by_scope: dict[Scope, Outage] = {}
        self._by_address: dict[str | None, Outage] = {}
        """Those that our own kernel tells of, by the address that cannot be reached."""
        self._ended_at = float("-inf")
        self._last_reason = ""

    @property
    def lasting(self) -> list[Outage]:
        """All of them."""
        return [*self._by_scope.values(), *self._by_address.values()]

    @property
    def scopes(self) -> list[Scope]:
        """The networks that are down as a whole."""
        return list(self._by_scope)

    def begin(self, scope: Scope, reason: str) -> Outage:
        """A network is down."""
        _tell(reason)
        outage = self._by_scope[scope] = Outage(reason=reason)
        return outage

    def of(self, scope: Scope, witness: Witness, said: Contact) -> Outage | None:
        """What is known to be wrong, as far as this website is concerned, which is judged with *scope*."""
        outage = self._by_scope.get(scope)
        if outage is not None or said is not Contact.SILENT or witness.scope is Scope.MACHINE:
            return outage
        reason = self._no_route_reason(witness.address)
        if reason is None:
            return None
        if not self._by_address:
            _tell(reason)  # once, not for each of hundreds of addresses
        return self._by_address.setdefault(witness.address, Outage(reason=reason))

    def ended_after(self, began_at: float) -> str | None:
        """What was wrong, where the last of all outages ended after *began_at*; None where it did not."""
        return self._last_reason if began_at < self._ended_at else None

    def attend(self, witness: Witness, said: Contact, now: float, *, is_resting: bool) -> list[Outage]:
        """Take note of whether the network of this website is back; what is over by that."""
        outage = self._by_scope.get(witness.scope)
        if outage is None:
            return []
        if said is Contact.REACHED:
            outage.heard.add(witness.website_id)
            outage.silent.discard(witness.website_id)
        elif said is Contact.SILENT and outage.heard and not is_resting:
            outage.silent.add(witness.website_id)
            outage.heard.discard(witness.website_id)
        return self.end([witness.scope], now) if outage.is_over else []

    def end(self, scopes: Iterable[Scope], now: float) -> list[Outage]:
        """These networks are back; what is over by that."""
        return [self._ended(self._by_scope.pop(scope), now) for scope in scopes]

    def end_where_there_is_a_way(self, now: float) -> list[Outage]:
        """What is over since our own kernel has a way to the address again."""
        open_now = [address for address in self._by_address if self._no_route_reason(address) is None]
        return [self._ended(self._by_address.pop(address), now) for address in open_now]

    def _ended(self, outage: Outage, now: float) -> Outage:
        self._ended_at, self._last_reason = now, outage.reason
        logger.warning("our own network is back", extra={"reason": outage.reason})
        return outage


def _tell(reason: str) -> None:
    logger.error("our own network is down", extra={"reason": reason})
