"""The closed sets of words in the store; each is an enum type of the database on PostgreSQL."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """One of a set; whoever names it may do so in any case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((one for one in cls if one.casefold() == str(value).casefold()), None)


class MonitorStatus(Word):
    """The verdict on one check of a website."""

    UP = "UP"
    DOWN = "DOWN"
    DEGRADED = "DEGRADED"
    """It answers, but not as well as it should; counts as available."""
    UNKNOWN = "UNKNOWN"
    """We could not tell; counts neither as available nor as down."""


class HTTPMethod(Word):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"
    HEAD = "HEAD"
    OPTIONS = "OPTIONS"


class NetworkEventType(Word):
    """What a network event tells of its exchange."""

    REQUEST = "REQUEST"
    RESPONSE = "RESPONSE"
    ERROR = "ERROR"
    """No answer, or not a whole one: refused, reset, blocked, aborted."""
    REDIRECT = "REDIRECT"
    """An answer that sent the browser elsewhere; the next hop is an exchange of its own."""
    TIMEOUT = "TIMEOUT"


class DebugSessionState(Word):
    QUEUED = "QUEUED"
    """Waiting for a browser."""
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    """Stopped by a person; what was captured until then is kept."""
    TIMED_OUT = "TIMED_OUT"

    @property
    def is_final(self) -> bool:
        return self not in (DebugSessionState.QUEUED, DebugSessionState.RUNNING)


class SessionTrigger(Word):
    """Why a debug session was started."""

    MANUAL = "MANUAL"
    FAILURE = "FAILURE"
    RECOVERY = "RECOVERY"
    BASELINE = "BASELINE"
    IMPORT = "IMPORT"


class ArtifactKind(Word):
    """What a stored file of a debug session shows."""

    SCREENSHOT = "SCREENSHOT"
    FRAME = "FRAME"
    """One picture of the filmstrip."""
    TRACE = "TRACE"
    """A Playwright trace that ``playwright show-trace`` opens."""


class Role(Word):
    """What an account may do; each may do what the one before it may."""

    VIEWER = "VIEWER"
    """Look at everything."""
    EDITOR = "EDITOR"
    """Change what is watched, and run debug sessions."""
    ADMINISTRATOR = "ADMINISTRATOR"
    """Manage accounts and all settings, and record a debug session without redaction."""


class ChannelKind(Word):
    """How a notification travels."""

    APPRISE = "APPRISE"
    """One of the services that the library Apprise knows, by its URL."""
    WEBHOOK = "WEBHOOK"
    """JSON, signed as Standard Webhooks say."""
    EMAIL = "EMAIL"


class NotificationEvent(Word):
    """What people can be told of."""

    DOWN = "DOWN"
    UP = "UP"
    """It is back."""
    DEGRADED = "DEGRADED"
    CERTIFICATE = "CERTIFICATE"
    """The certificate expires soon."""
    FLAPPING = "FLAPPING"
    """It goes down and comes back so often that single changes are not told; whoever is told of DOWN is told of it."""
    SLOW = "SLOW"
    """The 95th percentile of its response times is above the rule's limit."""
    FINDING = "FINDING"
    """The evidence of a failure shows something of the rule's kinds."""
    BUDGET = "BUDGET"
    """The error budget of the rule's target is being spent too fast."""
    SILENT = "SILENT"
    """No worker is heard of a region that checks it."""
    HEARD = "HEARD"
    """The region is heard again; whoever is told of SILENT is told of it."""
    EVIDENCE = "EVIDENCE"
    """What the browser saw of a failure and why it fails, once that is there; unless the failure's message had it."""
    REMINDER = "REMINDER"
    """It is still down; a rule asks for it by `remind_seconds`, and not among its events."""
    UNSTEADY = "UNSTEADY"
    """It fails now and then, too few times in a row to be called down."""
    FAULT = "FAULT"
    """A debug session finds a fault, though it is up."""
    MENDED = "MENDED"
    """A debug session no longer finds it; whoever is told of FAULT is told of it, and no rule names it."""


class NotificationState(Word):
    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    """Given up after many attempts."""
    SKIPPED = "SKIPPED"
    """Not sent, on purpose; the answer says why."""
