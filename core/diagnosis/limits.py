"""Decides when a debug session may start automatically. Pure, so that tests cover hours of flapping without waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from core.config import Settings
from core.models import SessionTrigger

SPAN = timedelta(hours=1)  # the limits apply to the sessions of this span


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits for automatic sessions."""

    per_hour: int = 60
    per_website: int = 6
    """Per hour."""
    cooldown_seconds: float = 120.0
    """Minimum time between two FAILURE sessions of a website."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            per_hour=settings.auto_sessions_per_hour,
            per_website=settings.auto_sessions_per_website,
            cooldown_seconds=settings.auto_cooldown_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A session that started automatically."""

    website_id: int
    trigger: SessionTrigger
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """A session that is about to start automatically."""

    website_id: int
    trigger: SessionTrigger
    is_wanted: bool = True
    """Whether the website allows automatic sessions."""


def refusal(wish: PlannedSession, started: Sequence[Started], limits: Limits, now: datetime) -> str | None:
    """Return one sentence that says why the session must not start now; None if it may."""
    if not wish.is_wanted:
        return "Automatic debug sessions are off for this website."
    recent = [session for session in started if now - session.at < SPAN]
    own = [session for session in recent if session.website_id == wish.website_id]
    if len(recent) >= limits.per_hour:
        return f"The limit of {limits.per_hour} automatic sessions per hour is reached."
    if len(own) >= limits.per_website:
        return f"The limit of {limits.per_website} automatic sessions per hour for this website is reached."
    if wish.trigger is SessionTrigger.BASELINE:
        # Baselines can wait, so they get half of the limit and failures always find room.
        baselines = [session for session in recent if session.trigger is SessionTrigger.BASELINE]
        return (
            "Baseline sessions have used their half of the hourly limit."
            if len(baselines) * 2 >= limits.per_hour
            else None
        )
    if wish.trigger is SessionTrigger.FAILURE and any(
        session.trigger is SessionTrigger.FAILURE and (now - session.at).total_seconds() < limits.cooldown_seconds
        for session in own
    ):
        return f"Its last failure was recorded less than {limits.cooldown_seconds:g} s ago."
    return None
