"""Every exception that a caller of Watchwright may want to catch.

::

    WatchwrightError
    ├── InvalidInput            a person or program gave something we cannot use
    │   ├── InvalidSetting      … in a WATCHWRIGHT_* variable
    │   └── UnusableConfiguration  … in a configuration, at one or more places
    ├── AlreadyExists           … which is there already
    ├── ChangedMeanwhile        what was to be changed is not any more what whoever asks has seen
    ├── NotFound                … which is not there
    ├── NotAllowed              whoever asks may not do this
    │   └── SignInRefused       … because they are not who they say, or must wait
    ├── StoreError              the database cannot be used as it is
    ├── MonitorAway             nobody checks websites just now
    ├── CannotServe             the address to listen on cannot be had
    ├── NotDelivered            a service did not take a message
    ├── NothingToReport         a report would be of nothing
    └── BrowserError            debug sessions cannot run
        └── BrowserMissing      … because there is no browser

``str(error)`` is one sentence for a person: what was wrong and what to do.
A website that fails is never one of these: that is a result (`ProbeResult.error`).
"""

from collections.abc import Mapping, Sequence
from typing import Self, TypeVar

Found = TypeVar("Found")


class WatchwrightError(Exception):
    """Something that Watchwright can explain in one sentence."""

    def __init__(self, message: str = "", by_field: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.by_field = dict(by_field or {})
        """For each field that is wrong a sentence to stand beside it; "" is what is wrong with several together."""

    @classmethod
    def of(cls, field: str, message: str) -> Self:
        """One that is wrong with *field*, which *message* says beside it too."""
        return cls(message, {field: message})

    @classmethod
    def of_each(cls, by_field: Mapping[str, str]) -> Self:
        """One that is wrong with each of these fields, of which there is one at least; its message tells the first."""
        return cls(next(iter(by_field.values())), by_field)


class InvalidInput(WatchwrightError):
    """What was given cannot be used; the message says why and what may be given."""


class InvalidSetting(InvalidInput):
    """A ``WATCHWRIGHT_*`` variable has a value that it may not have."""


class UnusableConfiguration(InvalidInput):
    """A configuration cannot be used; `problems` says all that is wrong, each with the path of where it is."""

    def __init__(self, problems: Sequence[tuple[Sequence[str | int], str]]) -> None:
        super().__init__(problems[0][1])
        self.problems = [(tuple(path), words) for path, words in problems]


class AlreadyExists(WatchwrightError):
    """What was to be created is there already."""


class ChangedMeanwhile(WatchwrightError):
    """What is to be changed was changed by somebody else since whoever asks has seen it."""


class NotFound(WatchwrightError):
    """What was asked for is not there."""


def there(found: Found | None, what: str) -> Found:
    """*found*, which is *what* was asked for, such as ``website 7``.

    Raises:
        NotFound: It is None.
    """
    if found is None:
        raise NotFound(f"There is no {what}.")
    return found


class NotAllowed(WatchwrightError):
    """Whoever asks may not do this; the message says what it needs."""


class SignInRefused(NotAllowed):
    """Name, password or code are not right, or it was tried too often; which part was wrong is not said."""


class StoreError(WatchwrightError):
    """The database cannot be reached, or is not at the revision that this version needs."""


class MonitorAway(WatchwrightError):
    """No monitor took up what it was asked to do."""


class CannotServe(WatchwrightError):
    """The address and port to listen on are taken, or are not this machine's."""


class BrowserError(WatchwrightError):
    """The browser could not be started, or ended when it should not have."""


class BrowserMissing(BrowserError):
    """No browser was found; the message says how to get one."""


class NothingToReport(WatchwrightError):
    """There is no website that a report would be of."""


class NotDelivered(WatchwrightError):
    """A service did not take a message; the text is its own words."""

    def __init__(self, words: str, *, retry_after_seconds: float = 0.0) -> None:
        """*retry_after_seconds* is for how long it wants to be left alone."""
        super().__init__(words)
        self.retry_after_seconds = retry_after_seconds
