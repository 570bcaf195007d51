"""The schema of configuration files: websites, notifications, status pages and more, identified by name."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.errors import UnusableConfiguration
from core.models import ChannelKind
from core.schemas.base import Name
from core.schemas.known_fields import words_at
from core.schemas.maintenance_window import MaintenanceWindowFields
from core.schemas.monthly_report import MonthlyReportFields
from core.schemas.notification_channel import AddressFields, address_of
from core.schemas.notification_rule import NotificationRuleFields, check_reminders, check_together
from core.schemas.option_secrets import MASKED
from core.schemas.status_page import MAX_GROUPS, StatusPageFields
from core.schemas.tag import TagName
from core.schemas.url import WebsiteUrl
from core.schemas.website import WebsiteCreate

VERSION: Literal[1] = 1
STRICT = ConfigDict(extra="forbid", from_attributes=False)  # a misspelt field must not silently mean the default


class WebsiteEntry(WebsiteCreate):
    """A website, identified by its URL."""

    model_config = STRICT


class MaintenanceEntry(MaintenanceWindowFields):
    """A maintenance window, identified by its name, for a website, a tag's websites, or all without either."""

    model_config = STRICT

    website: WebsiteUrl | None = None
    """Its URL."""
    tag: TagName | None = None

    @model_validator(mode="after")
    def _has_one_subject(self) -> Self:
        if self.website is not None and self.tag is not None:
            raise ValueError("a maintenance window is for one website or for one tag, not for both; leave one out")
        return self


class ChannelEntry(BaseModel):
    """A notification channel, identified by its name."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Name
    kind: ChannelKind
    is_enabled: bool = True
    address: AddressFields
    """The address. Give secrets as ``{env: NAME}``; ``[redacted]`` keeps the stored secret."""

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        if self.kind is ChannelKind.WEBHOOK and not self.address.get("secret"):
            raise ValueError("the webhook's address needs a secret; give one as {env: NAME}")
        if not has_mask(self.address):
            self.address = address_of(self.kind, self.address).model_dump(mode="json")
        return self


class RuleEntry(NotificationRuleFields):
    """A notification rule, identified by its name, for a website, a tag's websites, or all without either."""

    model_config = STRICT

    channel: Name
    """Its name."""
    website: WebsiteUrl | None = None
    """Its URL."""
    tag: TagName | None = None

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        ids = (self.website and 1, self.tag and 1)
        check_together(ids[0] or None, ids[1] or None, self.quiet_from, self.quiet_until)
        check_reminders(self.events, self.remind_seconds)
        return self


class ReportEntry(MonthlyReportFields):
    """A monthly report by mail, identified by its tag, or as the report of all websites."""

    model_config = STRICT

    channel: Name
    """The name of the e-mail channel, which provides the server and the sender."""


class StatusGroupEntry(BaseModel):
    """A group of websites on a status page, listed individually or by tag."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, Field(max_length=255)] = ""
    websites: list[WebsiteUrl] = []
    """Their URLs."""
    tags: list[TagName] = []


class StatusPageEntry(StatusPageFields):
    """A status page, identified by its slug."""

    model_config = STRICT

    groups: Annotated[list[StatusGroupEntry], Field(max_length=MAX_GROUPS)] = []
    channel: Name | None = None
    """The name of the e-mail channel for mails to subscribers."""
    password: Annotated[str, Field(min_length=4, max_length=512)] | None = None
    """Give it as ``{env: NAME}``; ``[redacted]`` keeps the stored password."""


class Configuration(BaseModel):
    """The content of a configuration file; omitted fields have their defaults."""

    model_config = ConfigDict(extra="forbid", title="Watchwright configuration")

    version: Literal[1] = VERSION
    name: Annotated[str, Field(min_length=1, max_length=64)] = "default"
    """The name of this configuration, which distinguishes its rows from those of other files."""
    tags: list[TagName] = []
    """Tags to create. Tags of websites need not be listed."""
    websites: list[WebsiteEntry] = []
    channels: list[ChannelEntry] = []
    maintenance: list[MaintenanceEntry] = []
    rules: list[RuleEntry] = []
    monthly_reports: list[ReportEntry] = []
    status_pages: list[StatusPageEntry] = []


class FieldChange(BaseModel):
    """A changed field, without secrets."""

    name: str
    before: Any = None
    after: Any = None


class StepRead(BaseModel):
    """A difference between a configuration and the store."""

    action: Literal["add", "change", "remove", "keep"]
    """keep: the row is no longer in the file, and stays unless removal is allowed."""
    kind: str
    name: str
    fields: list[FieldChange] = []


class ConfigurationResult(BaseModel):
    """The changes of a configuration."""

    name: str
    is_applied: bool
    """False for a dry run."""
    steps: list[StepRead]


def has_mask(value: object) -> bool:
    """Return whether *value* contains a mask in place of a secret."""
    if isinstance(value, dict):
        return any(has_mask(item) for item in value.values())
    if isinstance(value, list):
        return any(has_mask(item) for item in value)
    return value == MASKED


def read_configuration(given: object) -> Configuration:
    """Return *given*, validated.

    Raises:
        UnusableConfiguration: Fields are invalid; the error lists all of them.
    """
    try:
        return Configuration.model_validate(given)
    except ValidationError as error:
        problems = [(problem["loc"], words_at(Configuration, problem, problem["loc"])) for problem in error.errors()]
        raise UnusableConfiguration(problems) from error
