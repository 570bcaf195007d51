"""The options of debug sessions, with units and defaults."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema, model_validator

from core.schemas.base import Schema

KIB = 1024
MIB = 1024 * KIB
MASKED = "[redacted]"
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
    device: str | None = None
    """A Playwright device, such as ``iPhone 15``: viewport, scale, touch and user agent."""
    viewport: Viewport | None = None
    """Overrides the device's viewport; 1280 × 800 without either."""
    user_agent: Annotated[str, Field(max_length=512)] | None = None
    locale: Annotated[str, AfterValidator(_locale), WithJsonSchema({"type": "string", "pattern": LOCALE})] | None = None
    """BCP 47, such as ``de-DE``."""
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    """IANA, such as ``Europe/Berlin``."""
    extra_headers: dict[str, str] = {}
    """Header to send with every request, as Name: value. Repeatable."""
    cookies: list[SessionCookie] = []
    basic_auth: BasicAuth | None = None
    is_javascript_enabled: bool = True
    is_cache_enabled: bool = True
    """Whether the browser caches. The cache is empty at the start of the session."""
    block_patterns: list[str] = []
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

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.has_trace and self.browser != "chromium":
            raise ValueError("a trace is recorded with chromium only")
        return self

    @property
    def fixed_seconds(self) -> float:
        """The duration of ``fixed``."""
        return self.watch_seconds or min(10.0, self.time_limit_seconds)


def without_secrets(options: dict[str, Any]) -> dict[str, Any]:
    """Return stored options with secrets masked: passwords, cookie and header values, and the proxy's credentials."""
    shown = dict(options)
    if auth := shown.get("basic_auth"):
        shown["basic_auth"] = {**auth, "password": MASKED}
    if cookies := shown.get("cookies"):
        shown["cookies"] = [{**cookie, "value": MASKED} for cookie in cookies]
    if headers := shown.get("extra_headers"):
        shown["extra_headers"] = dict.fromkeys(headers, MASKED)
    if proxy := shown.get("proxy"):
        parts = urlsplit(proxy)
        shown["proxy"] = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return shown


def with_kept_secrets(given: dict[str, Any], stored: dict[str, Any] | None) -> dict[str, Any]:
    """Return *given* options with masks, and the proxy's omitted credentials, replaced by the *stored* secrets.

    Raises:
        ValueError: A mask has no stored secret.
    """
    stored = stored or {}
    kept = dict(given)
    if auth := kept.get("basic_auth"):
        kept["basic_auth"] = with_kept_password(auth, stored.get("basic_auth"))
    if cookies := kept.get("cookies"):
        known = {_place(cookie): cookie.get("value", "") for cookie in stored.get("cookies") or ()}
        kept["cookies"] = [_with_kept_value(cookie, known.get(_place(cookie))) for cookie in cookies]
    if headers := kept.get("extra_headers"):
        kept["extra_headers"] = with_kept_values(headers, stored.get("extra_headers"))
    if kept.get("proxy") and kept["proxy"] == without_secrets(stored).get("proxy"):
        kept["proxy"] = stored["proxy"]
    return kept


def with_kept_password(auth: dict[str, Any], stored: dict[str, Any] | None) -> dict[str, Any]:
    """Return credentials with a masked password replaced by the *stored* one.

    Raises:
        ValueError: No password is stored.
    """
    if auth.get("password") != MASKED:
        return auth
    return {**auth, "password": kept_secret(None if stored is None else stored.get("password", ""), "password")}


def with_kept_values(headers: dict[str, str], stored: dict[str, str] | None) -> dict[str, str]:
    """Return headers with masked values replaced by the *stored* ones.

    Raises:
        ValueError: No header of that name is stored.
    """
    known = {name.lower(): value for name, value in (stored or {}).items()}
    return {
        name: kept_secret(known.get(name.lower()), f"header {name}") if value == MASKED else value
        for name, value in headers.items()
    }


def kept_secret(secret: str | None, name: str) -> str:
    """Return the stored *secret* that a mask stands for.

    Raises:
        ValueError: *secret* is None.
    """
    if secret is None:
        raise ValueError(f"{MASKED} stands for a stored {name}, and none is stored; give it in full")
    return secret


def _with_kept_value(cookie: dict[str, Any], stored: str | None) -> dict[str, Any]:
    return cookie | {"value": kept_secret(stored, "cookie")} if cookie.get("value") == MASKED else cookie


def _place(cookie: dict[str, Any]) -> tuple[object, ...]:
    return cookie.get("name"), cookie.get("domain"), cookie.get("path", "/")
