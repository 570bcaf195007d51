"""What a visit goes to, and what is known of it once it has begun."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.debugging.time_axis import TimeAxis
from core.schemas.session_options import SessionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTarget:
    """A page, and how to open it."""

    url: str
    """As it was given: it may hold a name and password."""
    options: SessionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A visit whose browser is there."""

    axis: TimeAxis
    browser_version: str
    user_agent: str


OnBegan = Callable[[Began], Awaitable[None]]
