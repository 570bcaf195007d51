"""A judged check on its way into the store, and what became of it there."""

from dataclasses import dataclass
from datetime import datetime

from core.monitoring.downtime import Transition
from core.monitoring.probe import ProbeResult
from core.monitoring.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A judged result that is still to be stored."""

    website_id: int
    result: ProbeResult
    verdict: Verdict
    lag_ms: float | None = None
    """By how much the check started late; None where nobody had planned it."""
    due_at: datetime | None = None
    """The slot for which it was made, where workers share them; it is stored once."""
    region: str | None = None
    """The region that made it, where its website names some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was stored, by id."""

    website_id: int
    check_id: int
    checked_at: datetime
    is_up: bool
    """Whether the check says UP; a degraded website is not."""
    window_id: int | None
    """The downtime window that the check opened, extended or closed."""
    transition: Transition | None
    is_failing: bool
    """Whether the website is down, or may turn out to be: it is then checked more often."""
    is_news_elsewhere: bool = False
    """Whether other regions check it too and had better look soon: this one has only begun to find it failing."""
