"""When a debug session may start by itself: pure, so that hours of flapping are tested without waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from core.config import Settings
from core.models import SessionTrigger

SPAN = timedelta(hours=1)  # within which the limits count


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many sessions may start by themselves."""

    per_hour: int = 60
    per_website: int = 6
    """In an hour."""
    cooldown_seconds: float = 120.0
    """From one failure's session of a website to the next one's."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            per_hour=settings.auto_sessions_per_hour,
            per_website=settings.auto_sessions_per_website,
            cooldown_seconds=settings.auto_cooldown_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A session that started by itself."""

    website_id: int
    trigger: SessionTrigger
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A session that is to start, and how its website is."""

    website_id: int
    trigger: SessionTrigger
    is_wanted: bool = True
    """Whether the website lets sessions start by themselves."""


def refusal(wish: Wish, started: Sequence[Started], limits: Limits, now: datetime) -> str | None:
    """Why the session may not start now, in a sentence; None when it may."""
    if not wish.is_wanted:
        return "This website starts no debug sessions by itself."
    recent = [one for one in started if now - one.at < SPAN]
    own = [one for one in recent if one.website_id == wish.website_id]
    if len(recent) >= limits.per_hour:
        return f"{limits.per_hour} sessions have started by themselves within the hour, which is the most there may be."
    if len(own) >= limits.per_website:
        return f"{limits.per_website} sessions of this website have started by themselves within the hour."
    if wish.trigger is SessionTrigger.BASELINE:
        # Failures must find room: what can wait takes half of it.
        baselines = [one for one in recent if one.trigger is SessionTrigger.BASELINE]
        return "Baselines have had their half of this hour." if len(baselines) * 2 >= limits.per_hour else None
    if wish.trigger is SessionTrigger.FAILURE and any(
        one.trigger is SessionTrigger.FAILURE and (now - one.at).total_seconds() < limits.cooldown_seconds
        for one in own
    ):
        return f"Its last failure was recorded less than {limits.cooldown_seconds:g} s ago."
    return None
