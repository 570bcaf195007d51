"""A website as it crosses a border; the rules for URLs, intervals and timeouts live here alone."""

import re
from typing import Annotated, Any, Self
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna
from pydantic import AfterValidator, Field, computed_field, field_validator, model_validator

from core.models import MonitorStatus
from core.schemas.base import Change, Given, ListResponse, Schema, UtcInstant
from core.schemas.check_options import CheckOptions
from core.schemas.check_options import without_secrets as without_check_secrets
from core.schemas.region import Quorum, RegionsOrNone, check_quorum_fits
from core.schemas.session_options import SessionOptions, without_secrets
from core.schemas.tag import TagName

MIN_INTERVAL_SECONDS = 5
MAX_INTERVAL_SECONDS = 86_400
MIN_TIMEOUT_SECONDS = 1
DEFAULT_INTERVAL_SECONDS = 60
DEFAULT_TIMEOUT_SECONDS = 10
MAX_URL_LENGTH = 2_048
MAX_TAGS = 50  # of one website
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)  # a port, as in localhost:8080, is no scheme's end
HOST = re.compile(r"[A-Za-z0-9._-]+")  # the underscore is in names of containers


def as_typed(text: str) -> str:
    """The URL that a person means who types *text*: a bare host is meant to be https, and nothing stays nothing.

    As in a browser, http for this machine, an IP address and a name without a dot, as of a container. What begins
    with a scheme is left as it is, a mistyped one (`htp:/example.com`) too: `normalise_url` says so.
    """
    text = text.strip()
    if not text or "://" in text or SCHEME.match(text):
        return text
    return f"{'http' if _is_near(text) else 'https'}://{text}"


def _is_near(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no address at all, as will be said
        return False
    is_address = ":" in host or host.replace(".", "").isdecimal()
    return port != 443 and (is_address or "." not in host or host.endswith(".localhost"))


def normalise_url(value: str) -> str:
    """*value* as it is stored: scheme and host in lower case, the host as punycode, no fragment.

    Raises:
        ValueError: It is not an http or https URL with a host; the message says what to give.
    """
    url = value.strip()
    if any(ord(char) < 33 or ord(char) == 127 for char in url):
        raise ValueError("the URL contains a space or a control character; encode it as %20 or remove it")
    if len(url) > MAX_URL_LENGTH:
        raise ValueError(f"the URL is longer than {MAX_URL_LENGTH} characters; give a shorter one")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("the URL's host or port is malformed; give one such as https://example.com:8443") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError("the URL must start with http:// or https://, such as https://example.com")
    if not parts.hostname:
        raise ValueError("the URL has no host; give one such as https://example.com")
    if port == 0:
        raise ValueError("the URL's port must be between 1 and 65535")
    netloc = _credentials(parts) + _ascii_host(parts.hostname) + (f":{port}" if port is not None else "")
    return urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, ""))


def spellings(url: str) -> tuple[str, ...]:
    """A normalised *url* and, where it names a host's root, its other spelling: a root's slash may be left out."""
    parts = urlsplit(url)
    if parts.path not in ("", "/"):
        return (url,)
    return (url, urlunsplit(parts._replace(path="" if parts.path else "/")))


def display_url(url: str) -> str:
    """*url* without the user name and password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _credentials(parts: SplitResult) -> str:
    userinfo, at, _host = parts.netloc.rpartition("@")
    return userinfo + at


def _ascii_host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    if host.isascii():
        if not HOST.fullmatch(host):
            raise ValueError(f"the host {host} has a character that no host name has; check where it ends")
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"the host {host} is not a valid internationalised name; check its spelling") from error


def _interval(value: int) -> int:
    if not MIN_INTERVAL_SECONDS <= value <= MAX_INTERVAL_SECONDS:
        raise ValueError(
            f"the check interval must be between {MIN_INTERVAL_SECONDS} and {MAX_INTERVAL_SECONDS} seconds, not {value}"
        )
    return value


def _timeout(value: int) -> int:
    if value < MIN_TIMEOUT_SECONDS:
        raise ValueError(f"the timeout must be at least {MIN_TIMEOUT_SECONDS} second, not {value}")
    return value


def check_timeout_fits(timeout: int, check_interval: int) -> None:
    """Refuse a timeout beyond the interval: two checks of one website would overlap.

    Raises:
        ValueError: It is; the message names both.
    """
    if timeout > check_interval:
        raise ValueError(f"the timeout ({timeout} s) must not be longer than the check interval ({check_interval} s)")


WebsiteUrl = Annotated[str, AfterValidator(normalise_url)]
ShownUrl = Annotated[str, AfterValidator(normalise_url), AfterValidator(display_url)]
IntervalSeconds = Annotated[int, AfterValidator(_interval)]
TimeoutSeconds = Annotated[int, AfterValidator(_timeout)]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Tags = Annotated[list[TagName], Field(max_length=MAX_TAGS)]


def _session_defaults(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return value and SessionOptions.model_validate(value).model_dump(mode="json", exclude_defaults=True)


SessionDefaults = Annotated[dict[str, Any] | None, AfterValidator(_session_defaults)]
"""How debug sessions open the website where nothing else is said: what differs from `SessionOptions`' defaults."""


def _check_options(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return value and (CheckOptions.model_validate(value).model_dump(mode="json", exclude_defaults=True) or None)


StoredCheckOptions = Annotated[dict[str, Any] | None, AfterValidator(_check_options)]
"""How the website is asked and what its answer must be: what differs from `CheckOptions`' defaults."""


class WebsiteBase(Given):
    url: WebsiteUrl
    name: Name
    description: str | None = None
    check_interval: IntervalSeconds = DEFAULT_INTERVAL_SECONDS
    timeout: TimeoutSeconds = DEFAULT_TIMEOUT_SECONDS
    is_active: bool = True
    session_defaults: SessionDefaults = None
    check_options: StoredCheckOptions = None
    auto_debug: bool | None = None
    """Whether its failures start debug sessions by themselves; None means yes."""
    is_public: bool | None = None
    """Whether everybody may see its badges; None means no."""
    depends_on: ShownUrl | None = None
    """The URL of another website; while that is down, nobody is told of this one's failures."""
    regions: RegionsOrNone = None
    """The regions that check it, each by itself; null where one check from anywhere is enough."""
    quorum: Quorum | None = None
    """How many of them must find it down before it is called so; null means more than half."""


class WebsiteCreate(WebsiteBase):
    """A website to watch; only its URL must be given."""

    name: Annotated[str, Field(max_length=255)] = ""
    """The host when not given."""
    tags: Tags = []

    @model_validator(mode="before")
    @classmethod
    def _fit_default_timeout(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("timeout") is None:
            data = {key: value for key, value in data.items() if key != "timeout"}
            interval = data.get("check_interval")
            if isinstance(interval, int) and MIN_INTERVAL_SECONDS <= interval < DEFAULT_TIMEOUT_SECONDS:
                data["timeout"] = interval
        return data

    @model_validator(mode="after")
    def _complete(self) -> Self:
        check_timeout_fits(self.timeout, self.check_interval)
        check_quorum_fits(self.regions, self.quorum)
        if not self.name:
            self.name = urlsplit(self.url).hostname or self.url
        return self


class WebsiteUpdate(Change):
    """What to change; what is not given stays. The service checks the timeout against the merged row."""

    may_be_empty = frozenset(
        {
            "description",
            "session_defaults",
            "check_options",
            "auto_debug",
            "is_public",
            "depends_on",
            "regions",
            "quorum",
        }
    )

    url: WebsiteUrl | None = None
    name: Name | None = None
    description: str | None = None
    check_interval: IntervalSeconds | None = None
    timeout: TimeoutSeconds | None = None
    is_active: bool | None = None
    session_defaults: SessionDefaults = None
    tags: Tags | None = None
    """Exactly those that it shall bear."""
    check_options: StoredCheckOptions = None
    auto_debug: bool | None = None
    is_public: bool | None = None
    depends_on: ShownUrl | None = None
    regions: RegionsOrNone = None
    quorum: Quorum | None = None


class WebsiteRead(Schema):
    id: int
    url: str
    """Without credentials."""
    name: str
    description: str | None
    check_interval: int
    timeout: int
    is_active: bool
    session_defaults: dict[str, Any] | None = None
    """Without their secrets."""
    tags: list[str] = []
    """By name; in a table of their own, so whoever reads the row adds them."""
    check_options: dict[str, Any] | None = None
    """Without their secrets, which stand as ``[redacted]``; given back so, they stay as they are."""
    auto_debug: bool | None = None
    is_public: bool | None = None
    depends_on: str | None = None
    regions: list[str] | None = None
    """The regions that check it; null where one check from anywhere is enough."""
    quorum: int | None = None
    """How many of them must find it down; null means more than half."""
    managed_by: str | None = None
    """The name of the configuration file that says how it is; None for what people made."""
    created_at: UtcInstant
    updated_at: UtcInstant

    @field_validator("url")
    @classmethod
    def _hide_credentials(cls, url: str) -> str:
        return display_url(url)

    @field_validator("session_defaults")
    @classmethod
    def _hide_secrets(cls, defaults: dict[str, Any] | None) -> dict[str, Any] | None:
        return defaults and without_secrets(defaults)

    @field_validator("check_options")
    @classmethod
    def _hide_check_secrets(cls, options: dict[str, Any] | None) -> dict[str, Any] | None:
        return options and without_check_secrets(options)


class WebsiteWithStats(WebsiteRead):
    """A website with what its latest checks say."""

    current_status: MonitorStatus | None = None
    """None before the first check."""
    uptime_24h: float | None = None
    """Percentage of known time; None where nothing is known."""
    uptime_7d: float | None = None
    uptime_30d: float | None = None
    last_checked_at: UtcInstant | None = None
    last_response_time_ms: float | None = None
    total_checks: int = 0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def is_down(self) -> bool:
        return self.current_status == MonitorStatus.DOWN


class WebsiteListResponse(ListResponse[WebsiteRead]):
    pass
