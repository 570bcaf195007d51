"""Defines every exception that a caller of Watchwright may want to catch.

::

    WatchwrightError
    ├── InvalidInput            input that cannot be used
    │   ├── InvalidSetting      … in a WATCHWRIGHT_* variable
    │   └── UnusableConfiguration  … in a configuration, at one or more places
    ├── AlreadyExists           the object exists already
    ├── ChangedMeanwhile        somebody else changed the object after the caller read it
    ├── NotFound                the object does not exist
    ├── NotAllowed              the caller lacks a permission
    │   └── SignInRefused       … because the credentials are wrong, or were tried too often
    ├── StoreError              the database cannot be used as it is
    ├── MonitorUnavailable      no monitor is checking websites
    ├── CannotServe             the address to listen on is not available
    ├── NotDelivered            a service did not accept a message
    ├── NothingToReport         a report would have no websites
    └── BrowserError            debug sessions cannot run
        └── BrowserMissing      … because there is no browser

``str(error)`` is one sentence for a person: what is wrong and what to do.
A failing website is never an exception but a result (`ProbeResult.error`).
"""

from collections.abc import Mapping, Sequence
from typing import Self, TypeVar

Found = TypeVar("Found")
MAX_CHARACTERS = 500  # of a service's answer


class WatchwrightError(Exception):
    """A failure that Watchwright can explain in one sentence."""

    def __init__(self, message: str = "", by_field: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.by_field = dict(by_field or {})
        """A sentence for each invalid field, to show beside it; the key "" is for a combination of fields."""

    @classmethod
    def of(cls, field: str, message: str) -> Self:
        """Create an error about *field*, with *message* also as the sentence beside it."""
        return cls(message, {field: message})

    @classmethod
    def of_each(cls, by_field: Mapping[str, str]) -> Self:
        """Create an error about at least one field; its message is the first sentence."""
        return cls(next(iter(by_field.values())), by_field)


class InvalidInput(WatchwrightError):
    """The input cannot be used; the message says why and what is allowed."""


class InvalidSetting(InvalidInput):
    """A ``WATCHWRIGHT_*`` variable has an invalid value."""


class UnusableConfiguration(InvalidInput):
    """A configuration cannot be used; `problems` lists every problem with its path."""

    def __init__(self, problems: Sequence[tuple[Sequence[str | int], str]]) -> None:
        super().__init__(problems[0][1])
        self.problems = [(tuple(path), words) for path, words in problems]


class AlreadyExists(WatchwrightError):
    """The object to create exists already."""


class ChangedMeanwhile(WatchwrightError):
    """Somebody else changed the object after the caller read it."""


class NotFound(WatchwrightError):
    """The requested object does not exist."""


def require_found(found: Found | None, what: str) -> Found:
    """Return *found*, or raise if it is None; *what* names it, for instance ``website 7``.

    Raises:
        NotFound: *found* is None.
    """
    if found is None:
        raise NotFound(f"There is no {what}.")
    return found


class NotAllowed(WatchwrightError):
    """The caller lacks a permission; the message says which one is needed."""


class SignInRefused(NotAllowed):
    """The name, password or code is wrong, or was tried too often; the message does not say which part was wrong."""


class StoreError(WatchwrightError):
    """The database cannot be reached, or is not at the revision that this version needs."""


class MonitorUnavailable(WatchwrightError):
    """No monitor accepted the request."""


class CannotServe(WatchwrightError):
    """The address and port to listen on are in use, or do not belong to this machine."""


class BrowserError(WatchwrightError):
    """The browser could not be started, or ended unexpectedly."""


class BrowserMissing(BrowserError):
    """No browser was found; the message says how to get one."""


class NothingToReport(WatchwrightError):
    """There is no website to report on."""


class NotDelivered(WatchwrightError):
    """A service did not accept a message; the text is the service's own words."""

    def __init__(
        self,
        words: str,
        *,
        retry_after_seconds: float = 0.0,
        may_have_arrived: bool = False,
        concerns_channel: bool = False,
    ) -> None:
        """Create the error with the service's own *words*.

        Args:
            words: Shown to people; only the first 500 characters are used.
            retry_after_seconds: How long the service asks not to be contacted.
            may_have_arrived: Whether the service may have accepted the message all the same, for instance because its
                answer was lost.
            concerns_channel: Whether other messages would fail too, for instance because the service is unreachable.
        """
        super().__init__(words[:MAX_CHARACTERS])
        self.retry_after_seconds = retry_after_seconds
        self.may_have_arrived = may_have_arrived
        self.concerns_channel = concerns_channel
