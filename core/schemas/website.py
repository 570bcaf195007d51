"""Schemas of websites, with all rules for intervals and timeouts."""

from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, computed_field, field_validator, model_validator

from core.models import MonitorStatus
from core.schemas.base import Change, Given, ListResponse, Name, Schema, UtcInstant
from core.schemas.check_options import CheckOptions
from core.schemas.field_texts import ShapedAs
from core.schemas.option_secrets import mask_check_options, mask_session_options
from core.schemas.region import Quorum, RegionsOrNone, check_quorum_fits
from core.schemas.session_options import SessionOptions
from core.schemas.tag import TagName
from core.schemas.url import ShownUrl, WebsiteUrl, display_url

MIN_INTERVAL_SECONDS = 5
MAX_INTERVAL_SECONDS = 86_400
MIN_TIMEOUT_SECONDS = 1
DEFAULT_INTERVAL_SECONDS = 60
DEFAULT_TIMEOUT_SECONDS = 10
MAX_TAGS = 50  # per website


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
    """Reject a timeout longer than the interval, because checks of the website would overlap.

    Raises:
        ValueError: The timeout is longer than the interval.
    """
    if timeout > check_interval:
        raise ValueError(f"the timeout ({timeout} s) must not be longer than the check interval ({check_interval} s)")


IntervalSeconds = Annotated[int, AfterValidator(_interval)]
TimeoutSeconds = Annotated[int, AfterValidator(_timeout)]
Tags = Annotated[list[TagName], Field(max_length=MAX_TAGS)]


def _session_defaults(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return value and SessionOptions.model_validate(value).model_dump(mode="json", exclude_defaults=True)


ShownSessionDefaults = Annotated[dict[str, Any] | None, ShapedAs(SessionOptions, is_optional=True)]
SessionDefaults = Annotated[ShownSessionDefaults, AfterValidator(_session_defaults)]
"""The website's options for debug sessions that differ from the defaults of `SessionOptions`."""


def _check_options(value: dict[str, Any] | None) -> dict[str, Any] | None:
    return value and (CheckOptions.model_validate(value).model_dump(mode="json", exclude_defaults=True) or None)


ShownCheckOptions = Annotated[dict[str, Any] | None, ShapedAs(CheckOptions, is_optional=True)]
StoredCheckOptions = Annotated[ShownCheckOptions, AfterValidator(_check_options)]
"""The website's options for checks that differ from the defaults of `CheckOptions`."""


class WebsiteBase(Given):
    url: WebsiteUrl
    name: Name
    description: str | None = None
    check_interval: IntervalSeconds = DEFAULT_INTERVAL_SECONDS
    """Seconds from one check to the next."""
    timeout: TimeoutSeconds = DEFAULT_TIMEOUT_SECONDS
    """Seconds until a check times out; at most the interval."""
    is_active: bool = True
    """Whether the website is checked; false pauses it."""
    session_defaults: SessionDefaults = None
    """Options for debug sessions; omitted ones have their defaults."""
    check_options: StoredCheckOptions = None
    """Options for checks and expectations; omitted ones have their defaults."""
    auto_debug: bool | None = None
    """Whether failures start debug sessions automatically; None means yes."""
    is_public: bool | None = None
    """Whether its badges are public; None means no."""
    depends_on: ShownUrl | None = None
    """The URL of another website. While that is down, failures of this website send no notifications."""
    regions: RegionsOrNone = None
    """The regions that check the website independently; None if any worker checks it."""
    quorum: Quorum | None = None
    """How many of them must report the website down; None means more than half."""


class WebsiteCreate(WebsiteBase):
    """A new website; only the URL is required."""

    name: Annotated[str, Field(max_length=255)] = ""
    """The host if omitted."""
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
    """Changes of a website; omitted fields stay unchanged. The service validates the timeout with the merged row."""

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
    """All tags of the website; replaces its current tags."""
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
    session_defaults: ShownSessionDefaults = None
    """Options for debug sessions, with secrets masked."""
    tags: list[str] = []
    """The website's tags, by name."""
    check_options: ShownCheckOptions = None
    """Options for checks, with secrets masked as ``[redacted]``. Sending the mask back keeps the secret."""
    auto_debug: bool | None = None
    is_public: bool | None = None
    depends_on: str | None = None
    regions: list[str] | None = None
    """The regions that check the website; None if any worker checks it."""
    quorum: int | None = None
    """How many of them must report the website down; None means more than half."""
    managed_by: str | None = None
    """The name of the configuration file that manages the website; None if people manage it."""
    created_at: UtcInstant
    updated_at: UtcInstant

    @field_validator("url")
    @classmethod
    def _hide_credentials(cls, url: str) -> str:
        return display_url(url)

    @field_validator("session_defaults")
    @classmethod
    def _hide_secrets(cls, defaults: dict[str, Any] | None) -> dict[str, Any] | None:
        return defaults and mask_session_options(defaults)

    @field_validator("check_options")
    @classmethod
    def _hide_check_secrets(cls, options: dict[str, Any] | None) -> dict[str, Any] | None:
        return options and mask_check_options(options)


class WebsiteListed(WebsiteRead):
    """A website with the result of its last check."""

    current_status: MonitorStatus | None = None
    """None before the first check."""
    last_checked_at: UtcInstant | None = None
    last_response_time_ms: float | None = None


class WebsiteWithStats(WebsiteListed):
    """A website with statistics of its checks."""

    uptime_24h: float | None = None
    """The percentage of known time; None if nothing is known."""
    uptime_7d: float | None = None
    uptime_30d: float | None = None
    total_checks: int = 0

    @computed_field  # type: ignore[prop-decorator]
    @property
    def is_down(self) -> bool:
        return self.current_status == MonitorStatus.DOWN


class WebsiteListResponse(ListResponse[WebsiteListed]):
    pass
