"""Defines the input of the rules: frozen copies of checks, looks and sessions, independent of store and network."""

from dataclasses import dataclass
from datetime import datetime

from core.addresses import effective_port
from core.debugging.recorded_url import split_recorded
from core.diagnosis.finding import Row
from core.diagnosis.look_facts import LookFact
from core.diagnosis.session_facts import SessionFact
from core.models import MonitorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFact:
    """One monitor check."""

    id: int
    status: MonitorStatus
    checked_at: datetime
    http_status_code: int | None = None
    response_time_ms: float | None = None
    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    ttfb_ms: float | None = None
    download_ms: float | None = None
    final_url: str | None = None
    remote_address: str | None = None
    error_kind: str | None = None
    """A `ProbeErrorKind` or an `Expectation`."""
    error_message: str | None = None

    @property
    def row(self) -> Row:
        return Row(of="check", id=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All evidence about one failure, or about one session."""

    url: str
    checks: tuple[CheckFact, ...] = ()
    """The failed and degraded checks, oldest first."""
    good_check: CheckFact | None = None
    """The last good check before them."""
    look: LookFact | None = None
    good_look: LookFact | None = None
    session: SessionFact | None = None
    good_session: SessionFact | None = None
    certificate_days: int = 14
    accepted_statuses: str = "200-399"
    """The statuses that the website's checks accept; see `CheckOptions.accepted_statuses`."""

    @property
    def page(self) -> SessionFact | None:
        """The session, if its document loaded."""
        return self.session if self.session and self.session.has_document else None

    @property
    def good_page(self) -> SessionFact | None:
        """The good session, if its document loaded; pages are compared with it."""
        return self.good_session if self.good_session and self.good_session.has_document else None

    @property
    def end_url(self) -> str:
        """The URL at which the website's request ended, after redirects."""
        if self.look is not None and len(self.look.hops) > 1:
            return self.look.hops[-1].url
        if self.session is not None and len(self.session.documents) > 1:
            return self.session.documents[-1].url
        final = self.check.final_url if self.check else None
        return final or self.url

    @property
    def is_elsewhere(self) -> bool:
        """Whether redirects led the request to another host or port."""
        return _host_and_port(self.end_url) != _host_and_port(self.url)

    @property
    def subject(self) -> str:
        """The host at which the request ended, as the subject of a sentence; with its port if only that is another."""
        end, port = _host_and_port(self.end_url)
        if not self.is_elsewhere:
            return end
        return f"{end if end != self.host else f'{end}:{port}'}, to which {self.host} redirects,"

    @property
    def host(self) -> str:
        return split_recorded(self.url).hostname or self.url

    @property
    def end_port(self) -> int:
        """The port at which the request ended."""
        return _host_and_port(self.end_url)[1]

    @property
    def check(self) -> CheckFact | None:
        """The first failing check."""
        return self.checks[0] if self.checks else None

    @property
    def good_check_rows(self) -> tuple[Row, ...]:
        """The reference to the good check; empty without one."""
        return (self.good_check.row,) if self.good_check else ()

    def attempt_rows(self, step: str) -> tuple[Row, ...]:
        """Return the reference to a *step* of the look's connections; empty if it tried none."""
        return (Row(of="look", id=self.look.id, step=step),) if self.look and self.look.attempts else ()


def _host_and_port(url: str) -> tuple[str, int]:
    parts = split_recorded(url)
    return parts.hostname or url, effective_port(parts)
