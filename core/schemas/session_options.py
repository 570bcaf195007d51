"""How a debug session opens its page: everything that a person may choose, with its unit and its default."""

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
STRICT = ConfigDict(extra="forbid")  # what is misspelt, such as a pasword, must not pass for the default
LOCALE = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"


class WatchMode(StrEnum):
    """When a debug session has seen enough."""

    LOAD = "load"
    """Once the load event came, and a moment for what it starts."""
    NETWORK_IDLE = "network_idle"
    """Once nothing has been under way for half a second after load."""
    FIXED = "fixed"
    """After `watch_seconds`."""
    UNTIL_STOPPED = "until_stopped"
    """When somebody stops it, or its time is up."""


class NetworkProfile(Schema):
    """A slower network: what Chrome DevTools calls throttling."""

    latency_ms: float
    """Added from request to first byte."""
    download_kbit_per_second: float
    upload_kbit_per_second: float
    is_offline: bool = False


# The figures of Chrome DevTools' presets (front_end/core/sdk/NetworkManager.ts), adjustment factors included.
NETWORK_PROFILES: dict[str, NetworkProfile] = {
    "fast-4g": NetworkProfile(latency_ms=165, download_kbit_per_second=8_100, upload_kbit_per_second=1_350),
    "slow-4g": NetworkProfile(latency_ms=562.5, download_kbit_per_second=1_440, upload_kbit_per_second=675),
    "3g": NetworkProfile(latency_ms=2_000, download_kbit_per_second=400, upload_kbit_per_second=400),
    "offline": NetworkProfile(latency_ms=0, download_kbit_per_second=0, upload_kbit_per_second=0, is_offline=True),
}

# How many times slower than this machine; the figures of Chrome DevTools' presets.
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
        raise ValueError(f"{name!r} is no locale; give one such as de-DE")
    return name


def _timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone {name!r}; give one such as Europe/Berlin")
    return name


def _watch_seconds(seconds: float, info: ValidationInfo) -> float:
    if info.data.get("watch", WatchMode.FIXED) is not WatchMode.FIXED:
        raise ValueError("seconds to watch go with a fixed time only")
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
    """A cookie that the browser has before it opens the page."""

    model_config = STRICT

    name: Annotated[str, Field(min_length=1)]
    value: str = ""
    domain: str | None = None
    """The website's own host when not given."""
    path: str = "/"
    is_secure: bool = False
    is_http_only: bool = False


class BasicAuth(Schema):
    """Answers a server that asks for a name and password."""

    model_config = STRICT

    username: Annotated[str, Field(min_length=1)]
    password: str = ""


class SessionOptions(Schema):
    """How to open the page and how long to watch it; the defaults are what a visitor at a desk sees."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    browser: Literal["chromium", "firefox", "webkit"] = "chromium"
    device: str | None = None
    """One of Playwright's descriptors, such as ``iPhone 15``: viewport, scale, touch and user agent."""
    viewport: Viewport | None = None
    """Before the device's; 1280 × 800 without either."""
    user_agent: Annotated[str, Field(max_length=512)] | None = None
    locale: Annotated[str, AfterValidator(_locale), WithJsonSchema({"type": "string", "pattern": LOCALE})] | None = None
    """BCP 47, such as ``de-DE``."""
    timezone: Annotated[str, AfterValidator(_timezone)] | None = None
    """IANA, such as ``Europe/Berlin``."""
    extra_headers: dict[str, str] = {}
    """Sent with every request."""
    cookies: list[SessionCookie] = []
    basic_auth: BasicAuth | None = None
    is_javascript_enabled: bool = True
    is_cache_enabled: bool = True
    """The context is fresh, so that only what this one session loaded can be in it."""
    block_patterns: list[str] = []
    """Requests whose URL matches are refused by the browser; ``*`` stands for anything."""
    cpu_profile: Annotated[str, AfterValidator(_cpu_profile)] | None = None
    network_profile: Annotated[str, AfterValidator(_network_profile)] | None = None
    watch: WatchMode = WatchMode.NETWORK_IDLE
    time_limit_seconds: Annotated[float, Field(ge=1, le=3_600)] = 60
    """After this long the session ends as timed out with what it has; for ``until_stopped`` it is just the end."""
    watch_seconds: Annotated[float, Field(gt=0, le=600), AfterValidator(_watch_seconds)] | None = None
    """For ``fixed`` alone; there 10 when not given, or as long as there may be at most."""
    is_scrolled: bool = False
    """Scroll to the page's end, a screen at a time, so that what loads lazily loads."""
    ignore_certificate_errors: bool = False
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    is_redacted: bool = True
    """Whether secrets are masked before anything is stored; off only by an administrator, and said so for ever."""
    has_screenshots: bool = True
    has_filmstrip: bool = True
    has_trace: bool = False
    """Also a Playwright trace, which `playwright show-trace` opens."""
    captures_data_urls: bool = False
    """Whether ``data:`` and ``blob:`` URLs are exchanges too."""
    payload_limit_bytes: Annotated[int, Field(ge=0, le=10 * MIB)] = 64 * KIB
    """What is kept of a body; of a longer one its size and SHA-256 as well."""
    max_exchanges: Annotated[int, Field(ge=1, le=200_000)] = 20_000
    max_bytes: Annotated[int, Field(ge=KIB, le=1024 * MIB)] = 100 * MIB
    """Of headers and payloads together; beyond either bound exchanges are counted and not kept."""

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.has_trace and self.browser != "chromium":
            raise ValueError("a trace is recorded with chromium only")
        return self

    @property
    def fixed_seconds(self) -> float:
        """How long ``fixed`` watches."""
        return self.watch_seconds or min(10.0, self.time_limit_seconds)


def without_secrets(options: dict[str, Any]) -> dict[str, Any]:
    """Stored options, fit to be shown: passwords, cookies' and headers' values and a proxy's credentials masked."""
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
    """*given* options where what `without_secrets` masked, or left out of a proxy, is what is *stored* again.

    Raises:
        ValueError: A mask stands where nothing is stored.
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
    """A name and password, where a mask stands for the *stored* one's password.

    Raises:
        ValueError: None is stored.
    """
    if auth.get("password") != MASKED:
        return auth
    return {**auth, "password": kept_secret(None if stored is None else stored.get("password", ""), "password")}


def with_kept_values(headers: dict[str, str], stored: dict[str, str] | None) -> dict[str, str]:
    """Headers, where masks stand for the values of *stored* ones.

    Raises:
        ValueError: There is none of that name.
    """
    known = {name.lower(): value for name, value in (stored or {}).items()}
    return {
        name: kept_secret(known.get(name.lower()), f"header {name}") if value == MASKED else value
        for name, value in headers.items()
    }


def kept_secret(secret: str | None, name: str) -> str:
    """The *secret* for which a mask stood.

    Raises:
        ValueError: There is none.
    """
    if secret is None:
        raise ValueError(f"{MASKED} stands for a stored {name}, and none is stored; give it in full")
    return secret


def _with_kept_value(cookie: dict[str, Any], stored: str | None) -> dict[str, Any]:
    return cookie | {"value": kept_secret(stored, "cookie")} if cookie.get("value") == MASKED else cookie


def _place(cookie: dict[str, Any]) -> tuple[object, ...]:
    return cookie.get("name"), cookie.get("domain"), cookie.get("path", "/")
