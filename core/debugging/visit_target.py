"""What a visit goes to, and what is known of it once it has begun."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.schemas.session_options import SessionOptions, without_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTarget:
    """A page, and how to open it."""

    url: str
    """As it was given: it may hold a name and password."""
    options: SessionOptions

    @property
    def is_driven_by_playwright(self) -> bool:
        """Whether Playwright drives: another browser than Chromium, a trace, or Windows, where no pipe leads to one."""
        return self.options.browser != "chromium" or self.options.has_trace or sys.platform == "win32"

    @property
    def stored_options(self) -> dict[str, Any]:
        """What is kept of the options: those that differ from the defaults, without their secrets."""
        return without_secrets(self.options.model_dump(mode="json", exclude_defaults=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """What is known of a visit once its browser has an empty page for it."""

    started_at: datetime
    browser_version: str
    user_agent: str


OnBegan = Callable[[Began], Awaitable[None]]
