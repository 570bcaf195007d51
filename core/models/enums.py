"""Enums of the store. On PostgreSQL, each `Word` is an enum type of the database."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """An enum whose values are accepted in any case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((member for member in cls if member.casefold() == str(value).casefold()), None)


class MonitorStatus(Word):
    """The verdict on one check of a website."""

    UP = "UP"
    DOWN = "DOWN"
    DEGRADED = "DEGRADED"
    """The website answers, but not as well as expected; counts as available."""
    UNKNOWN = "UNKNOWN"
    """The check says nothing about the website; counts neither as available nor as down."""


class HTTPMethod(Word):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    DELETE = "DELETE"
    PATCH = "PATCH"
    HEAD = "HEAD"
    OPTIONS = "OPTIONS"


class NetworkEventType(Word):
    """What happened in an exchange."""

    REQUEST = "REQUEST"
    RESPONSE = "RESPONSE"
    ERROR = "ERROR"
    """No complete answer: refused, reset, blocked or aborted."""
    REDIRECT = "REDIRECT"
    """An answer that redirected the browser; the next hop is a separate exchange."""
    TIMEOUT = "TIMEOUT"


class Interruption(StrEnum):
    """What ended an exchange before the browser reported its end."""

    SESSION_END = "session_end"
    """The session ended after the response had started and before it had finished."""
    NAVIGATION = "navigation"
    """The page, frame or worker was left before a response arrived."""


class DebugSessionState(Word):
    QUEUED = "QUEUED"
    """Waiting for a browser."""
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    """Stopped by a person; the recording so far is kept."""
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
    """The kind of a stored file of a debug session."""

    SCREENSHOT = "SCREENSHOT"
    FRAME = "FRAME"
    """One picture of the filmstrip."""
    TRACE = "TRACE"
    """A Playwright trace that ``playwright show-trace`` opens."""


class Role(Word):
    """The permissions of an account; each role includes the one before it."""

    VIEWER = "VIEWER"
    """Look at everything."""
    EDITOR = "EDITOR"
    """Change websites and other settings of monitoring, and run debug sessions."""
    ADMINISTRATOR = "ADMINISTRATOR"
    """Manage accounts and all settings, and record a debug session without redaction."""


class ChannelKind(Word):
    """How a notification is delivered."""

    APPRISE = "APPRISE"
    """A service that the Apprise library supports, given by its URL."""
    WEBHOOK = "WEBHOOK"
    """JSON, signed as Standard Webhooks specify."""
    EMAIL = "EMAIL"


class NotificationEvent(Word):
    """Events that people can be notified of."""

    DOWN = "DOWN"
    UP = "UP"
    """The website recovered."""
    DEGRADED = "DEGRADED"
    CERTIFICATE = "CERTIFICATE"
    """The certificate expires soon."""
    FLAPPING = "FLAPPING"
    """The website changes so often that single changes are not announced. Rules for DOWN include this event."""
    SLOW = "SLOW"
    """The 95th percentile of response times exceeds the rule's limit."""
    FINDING = "FINDING"
    """The evidence of a failure has a finding of one of the rule's kinds."""
    BUDGET = "BUDGET"
    """The error budget of the rule's target is being spent too fast."""
    SILENT = "SILENT"
    """No worker reports from a region that checks the website."""
    HEARD = "HEARD"
    """A worker of the region reports again. Rules for SILENT include this event."""
    EVIDENCE = "EVIDENCE"
    """The browser's evidence of a failure, and its cause, unless the first message about the failure contained it."""
    REMINDER = "REMINDER"
    """The website is still down. Rules ask for this with `remind_seconds`, not among their events."""
    UNSTEADY = "UNSTEADY"
    """The website fails intermittently, but not often enough in a row to be down."""
    FAULT = "FAULT"
    """A debug session found a fault although the website is up."""
    MENDED = "MENDED"
    """A debug session no longer finds the fault. Rules for FAULT include this event; no rule can name it."""


class NotificationState(Word):
    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    """Given up after many attempts."""
    SKIPPED = "SKIPPED"
    """Deliberately not sent; the answer says why."""
