"""The options of debug sessions, with units and defaults."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from core.schemas.base import Schema
from core.schemas.header_values import UserAgent, checked_headers

KIB = 1024
MIB = 1024 * KIB
STRICT = ConfigDict(extra="forbid")  # a misspelt field must not silently mean the default
LOCALE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"


class WatchMode(StrEnum):
    """When a debug session ends."""

    LOAD = "load"
    """Shortly after the load event."""
    NETWORK_IDLE = "network_idle"
    """Once no request has been active for half a second after load."""
    FIXED = "fixed"
    """After `watch_seconds`."""
    UNTIL_STOPPED = "until_stopped"
    """When a person stops it, or at the time limit."""


class NetworkProfile(Schema):
    """A simulated slow network, like throttling in Chrome DevTools."""

    latency_ms: float
    """Added from request to first byte."""
    download_kbit_per_second: float
    upload_kbit_per_second: float
    is_offline: bool = False


# Chrome DevTools' presets (front_end/core/sdk/NetworkManager.ts), including their adjustment factors.
NETWORK_PROFILES: dict[str, NetworkProfile] = {
    "fast-4g": NetworkProfile(latency_ms=165, download_kbit_per_second=8_100, upload_kbit_per_second=1_350),
    "slow-4g": NetworkProfile(latency_ms=562.5, download_kbit_per_second=1_440, upload_kbit_per_second=675),
    "3g": NetworkProfile(latency_ms=2_000, download_kbit_per_second=400, upload_kbit_per_second=400),
    "offline": NetworkProfile(latency_ms=0, download_kbit_per_second=0, upload_kbit_per_second=0, is_offline=True),
}

# Slowdown factors relative to this machine, from Chrome DevTools' presets.
CPU_PROFILES: dict[str, float] = {"mid-tier-mobile": 4.0, "low-end-mobile": 6.0}


def _network_profile(name: str) -> str:
    if name not in NETWORK_PROFILES:
        raise ValueError(f"there is no network profile {name!r}; there are {', '.join(NETWORK_PROFILES)}")
    return name


def _cpu_profile(name: str) -> str:
    if name not in CPU_PROFILES:
        raise ValueError(f"there is no CPU profile {name!r}; there are {', '.join(CPU_PROFILES)}")
    return name


def _locale(name: str) -> str:
    if not re.fullmatch(LOCALE, name):
        raise ValueError(f"{name!r} is not a locale such as de-DE")
    return name


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone {name!r}; give one such as Europe/Berlin")
    return name


def _watch_seconds(seconds: float, info: ValidationInfo) -> float:
    if info.data.get("watch", WatchMode.FIXED) is not WatchMode.FIXED:
        raise ValueError("seconds to watch are only for a fixed time")
    if seconds > info.data.get("time_limit_seconds", seconds):
        raise ValueError("a fixed time cannot be longer than a session lasts at most")
    return seconds


def _proxy(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "socks4", "socks5") or not parts.hostname:
        raise ValueError("the proxy must be http://HOST:PORT, https://…, socks4://… or socks5://…")
    return url


class Viewport(Schema):
    """The page's size in CSS pixels."""

    model_config = STRICT

    width: Annotated[int, Field(ge=1, le=10_000)] = 1280
    height: Annotated[int, Field(ge=1, le=10_000)] = 800


class SessionCookie(Schema):
    """A cookie that is set before the page is opened."""

    model_config = STRICT

    name: Annotated[str, Field(min_length=1)]
    value: str = ""
    domain: str | None = None
    """The website's own host if omitted."""
    path: str = "/"
    is_secure: bool = False
    is_http_only: bool = False


class BasicAuth(Schema):
    """Credentials for HTTP basic authentication."""

    model_config = STRICT

    username: Annotated[str, Field(min_length=1)]
    password: str = ""


class SessionOptions(Schema):
    """How to open the page and how long to record it. The defaults match a visitor with a desktop browser."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    browser: Literal["chromium", "firefox", "webkit"] = "chromium"
    device: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """A Playwright device, such as ``iPhone 15``: viewport, scale, touch and user agent."""
    viewport: Viewport | None = None
    """Overrides the device's viewport; 1280 × 800 without either."""
    user_agent: UserAgent | None = None
    locale: Annotated[str, AfterValidator(_locale), WithJsonSchema({"type": "string", "pattern": LOCALE})] | None = None
    """BCP 47, such as ``de-DE``."""
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    """IANA, such as ``Europe/Berlin``."""
    extra_headers: Annotated[dict[str, str], AfterValidator(checked_headers)] = {}
    """Header to send with every request, as Name: value. Repeatable."""
    cookies: list[SessionCookie] = []
    basic_auth: BasicAuth | None = None
    is_javascript_enabled: bool = True
    is_cache_enabled: bool = True
    """Whether the browser caches. The cache is empty at the start of the session."""
    block_patterns: list[Annotated[str, Field(min_length=1)]] = []
    """The browser blocks requests whose URL matches; ``*`` matches anything."""
    cpu_profile: Annotated[str, AfterValidator(_cpu_profile)] | None = None
    network_profile: Annotated[str, AfterValidator(_network_profile)] | None = None
    watch: WatchMode = WatchMode.NETWORK_IDLE
    time_limit_seconds: Annotated[float, Field(ge=1, le=3_600)] = 60
    """After this time the session ends as timed out and keeps its recording. With ``until_stopped`` this is its end."""
    watch_seconds: Annotated[float, Field(gt=0, le=600), AfterValidator(_watch_seconds)] | None = None
    """The duration of ``fixed``; 10 if omitted, or the time limit if that is shorter."""
    is_scrolled: bool = False
    """Whether to scroll to the page's end, a screen at a time, to load lazy content."""
    ignore_certificate_errors: bool = False
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    is_redacted: bool = True
    """Whether secrets are masked before storing. Only an administrator can turn this off, and the session shows it."""
    has_screenshots: bool = True
    has_filmstrip: bool = True
    has_trace: bool = False
    """Whether to record a Playwright trace, for `playwright show-trace`."""
    captures_data_urls: bool = False
    """Whether to record ``data:`` and ``blob:`` URLs too."""
    payload_limit_bytes: Annotated[int, Field(ge=0, le=10 * MIB)] = 64 * KIB
    """The largest stored part of a body. A longer body is cut, with its size and SHA-256."""
    max_exchanges: Annotated[int, Field(ge=1, le=200_000)] = 20_000
    max_bytes: Annotated[int, Field(ge=KIB, le=1024 * MIB)] = 100 * MIB
    """The limit of headers and payloads together. Beyond this or `max_exchanges`, exchanges are only counted."""

    @classmethod
    def usable(cls, stored: Mapping[str, Any]) -> Self:
        """Return the *stored* options without those that an earlier version accepted and this one refuses."""
        try:
            return cls.model_validate(stored)
        except ValidationError as error:
            refused = {problem["loc"][:1] for problem in error.errors()}
            return cls.model_validate({name: value for name, value in stored.items() if (name,) not in refused})

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.has_trace and self.browser != "chromium":
            raise ValueError("a trace is recorded with chromium only")
        return self

    @property
    def fixed_seconds(self) -> float:
        """The duration of ``fixed``."""
        return self.watch_seconds or min(10.0, self.time_limit_seconds)
