"""Reads everything that a downtime window's page shows, with the wording that its exports share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.debugging.compare import compare
from core.debugging.compare_words import in_words
from core.debugging.waterfall import Exchange
from core.diagnosis.gather import window_sessions
from core.models import (
    ArtifactKind,
    DebugSession,
    DowntimeWindow,
    Finding,
    MonitorCheck,
    MonitorStatus,
    Website,
    WindowUpdate,
)
from core.phrases import counted, isolated
from core.services import (
    DebugSessionCRUD,
    DowntimeWindowCRUD,
    FindingCRUD,
    MonitorCheckCRUD,
    WebsiteCRUD,
    WindowUpdateCRUD,
    region_checks,
    status_groups,
)
from core.services.session_evidence import SessionEvidence
from dashboard.format import duration
from dashboard.queries.debug_session import picture_address
from dashboard.queries.notifications import NotificationWords, notifications_of_window
from dashboard.queries.session_rows import all_rows
from dashboard.words.regions import seen_by

MAX_CHECKS = 200  # marks on the axis; a longer window shows every second, third … check
MAX_SESSIONS = 100
AFTER = timedelta(seconds=60)  # a session that started at the recovery belongs to the window too


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A screenshot of a session."""

    session_id: int
    artifact_id: int

    @property
    def address(self) -> str:
        return picture_address(self.session_id, self.artifact_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """Everything the page shows, as of `now`."""

    now: datetime
    window: DowntimeWindow
    website: Website
    checks: Sequence[MonitorCheck]
    """At most `MAX_CHECKS`, spread over the whole window, newest first."""
    last_good: MonitorCheck | None
    """The last successful check before the window."""
    first_bad: MonitorCheck | None
    sessions: list[DebugSession]
    """The window's sessions, oldest first."""
    faults: Mapping[int, str]
    """The fault that each session found, by session id."""
    failing: DebugSession | None
    """The session that shows the failure best."""
    failing_rows: list[Exchange]
    """The exchanges of the failing session."""
    baseline: DebugSession | None
    """The good session to compare with: one from before, else one from the recovery."""
    differences: list[str]
    """The differences from the baseline, one sentence each."""
    good_picture: Picture | None
    bad_picture: Picture | None
    findings: list[Finding]
    """The cause comes first."""
    notifications: list[NotificationWords]
    updates: Sequence[WindowUpdate]
    """Updates for readers of status pages, newest first."""
    by_region: Mapping[str, Mapping[MonitorStatus, int]]
    """Each region's number of checks by status; empty if the website has no regions."""
    is_public: bool
    """Whether a status page shows the website, or an update was published."""

    @property
    def title(self) -> str:
        return f"Downtime of {self.website.name}"

    @property
    def seen_words(self) -> str:
        """Which regions saw the failure; empty if the website has no regions."""
        return seen_by(self.by_region)

    @property
    def until(self) -> datetime:
        return self.window.ended_at or self.now

    @property
    def lasted(self) -> str:
        """How long the window lasted, or has lasted so far."""
        return duration((self.until - self.window.started_at).total_seconds())

    @property
    def can_be_acknowledged(self) -> bool:
        """Whether the window is open and not acknowledged."""
        return self.window.acknowledged_at is None and self.window.ended_at is None

    @property
    def failed_words(self) -> str:
        """``1 check failed``, ``3 checks failed``."""
        return f"{counted(self.window.affected_checks_count, 'check')} failed"

    @property
    def opening(self) -> str:
        """The first sentence of a post-mortem, without the cause."""
        name = isolated(self.website.name)
        if self.window.ended_at is None:
            return f"{name} has been down for {self.lasted}."
        when = " when it was paused" if self.window.ended_in_pause else ""
        return f"{name} was down for {self.lasted}{when}."

    @property
    def failing_row(self) -> str | None:
        """The exchange where the failing session broke: the first that a finding names, else the first that failed."""
        resting = [row for finding in self.findings for row in finding.rests_on]
        session_id = self.failing.id if self.failing else None
        named = (row["id"] for row in resting if row["of"] == "exchange" and row.get("session_id") == session_id)
        failed = (exchange.exchange_id for exchange in self.failing_rows if exchange.is_failed)
        return next(named, None) or next(failed, None)

    @property
    def cause(self) -> str:
        return self.window.root_cause or "Cause not known yet."


def load(db: Session, window_id: int) -> WindowState | None:
    """Return the page's state; None if the window does not exist."""
    window = DowntimeWindowCRUD.get_by_id(db, window_id)
    website = WebsiteCRUD.get_by_id(db, window.website_id) if window else None
    if window is None or website is None:
        return None
    now = utc_now()
    until = window.ended_at or now
    span = {"since": window.started_at, "until": until}
    sessions = _sessions(db, window, until)
    failing, baseline = window_sessions(db, window)
    rows = all_rows(db, failing) if failing else []
    updates = WindowUpdateCRUD.get_by_windows(db, [window.id]).get(window.id, [])
    return WindowState(
        now=now,
        window=window,
        website=website,
        checks=MonitorCheckCRUD.spread(db, website.id, **span, limit=MAX_CHECKS),
        last_good=MonitorCheckCRUD.last_good(db, website.id, window.started_at),
        first_bad=next(iter(MonitorCheckCRUD.get_failing(db, website.id, **span, limit=1)), None),
        sessions=sessions,
        faults=FindingCRUD.faults(db, [session.id for session in sessions]),
        failing=failing,
        failing_rows=rows,
        baseline=baseline,
        differences=in_words(compare(all_rows(db, baseline), rows)) if baseline else [],
        good_picture=_picture(db, baseline),
        bad_picture=_picture(db, failing),
        findings=FindingCRUD.get_by_window(db, window.id)[0],
        notifications=notifications_of_window(db, window.id),
        updates=updates,
        by_region=region_checks.found_by(db, website.id, **span) if website.regions else {},
        is_public=status_groups.is_shown(db, website.id) or bool(updates),
    )


def _sessions(db: Session, window: DowntimeWindow, until: datetime) -> list[DebugSession]:
    recent, _total = DebugSessionCRUD.get_by_website(db, window.website_id, limit=MAX_SESSIONS)
    within = [session for session in recent if window.started_at <= session.started_at <= until + AFTER]
    own = DebugSessionCRUD.get_by_window(db, window.id)
    several = {session.id: session for session in [*own, *within]}
    return sorted(several.values(), key=lambda session: (session.started_at, session.id))


def _picture(db: Session, session: DebugSession | None) -> Picture | None:
    taken = SessionEvidence.pictures(db, session.id) if session else []
    shots = [artifact for artifact in taken if artifact.kind is ArtifactKind.SCREENSHOT] or taken
    if not shots or session is None:
        return None
    return Picture(session_id=session.id, artifact_id=shots[-1].id)
