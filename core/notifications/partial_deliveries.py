"""Remembers which parts of a message a service has accepted, so that a retry sends only the others."""

from collections import OrderedDict
from collections.abc import Collection, Hashable
from threading import Lock

REMEMBERED = 1_000  # messages


class PartialDeliveries:
    """The accepted parts of messages: recipients or incidents.

    They are kept in memory: a retry by another process, or after a restart, sends all parts again.
    """

    def __init__(self) -> None:
        self._accepted: OrderedDict[Hashable, frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def take(self, message: Hashable) -> frozenset[str]:
        """Return the parts of *message* that earlier attempts delivered, and forget them."""
        with self._lock:
            return self._accepted.pop(message, frozenset())

    def remember(self, message: Hashable, accepted: Collection[str]) -> None:
        """Remember the *accepted* parts of a *message* that must be sent again."""
        if accepted:
            with self._lock:
                self._accepted[message] = frozenset(accepted)
                if len(self._accepted) > REMEMBERED:
                    self._accepted.popitem(last=False)
