"""Describes a visit: the page and options to open it with, and the browser that opened it."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.schemas.option_secrets import mask_session_options
from core.schemas.session_options import SessionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTarget:
    """A page and the options to open it with."""

    url: str
    """May contain a user name and password."""
    options: SessionOptions

    @property
    def is_driven_by_playwright(self) -> bool:
        """Whether Playwright drives the browser: for Firefox, WebKit and traces, and on Windows (no CDP pipe)."""
        return self.options.browser != "chromium" or self.options.has_trace or sys.platform == "win32"

    @property
    def stored_options(self) -> dict[str, Any]:
        """The options to store: those that differ from the defaults, without secrets."""
        return mask_session_options(self.options.model_dump(mode="json", exclude_defaults=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Facts about a visit that are known once the browser has opened an empty page."""

    started_at: datetime
    browser_version: str
    user_agent: str


OnBegan = Callable[[Began], Awaitable[None]]
