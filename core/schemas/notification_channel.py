"""Schemas of notification channels. Addresses are accepted but never returned."""

import base64
import binascii
import secrets
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator

from core.models import ChannelKind
from core.schemas.base import Change, Given, ListResponse, Name, Schema, UtcInstant, explain
from core.schemas.field_texts import ShapedAs

SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix of secrets in Standard Webhooks
SECRET_BYTES = 32


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the webhook's URL must be http:// or https:// with a host")
    return url


def _service(url: str) -> str:
    if not url.partition("://")[2] or url.lower().startswith(("file:", "syslog:", "windows:", "dbus:", "gnome:")):
        raise ValueError("give the URL of a service in Apprise's format, such as ntfy://ntfy.example.org/alarms")
    try:
        urlsplit(url)
    except ValueError as error:  # Apprise cannot parse it either
        raise ValueError("brackets before the path are only for IPv6 addresses; otherwise write %5B or %5D") from error
    return url


def _secret(secret: str) -> str:
    try:
        is_long = len(base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)) >= 24
    except binascii.Error:
        is_long = False
    if not is_long:
        raise ValueError("the webhook's secret must be whsec_ and at least 24 bytes in base64; omit it to generate one")
    return secret


def _mailbox(address: str) -> str:
    name, at, host = address.strip().rpartition("@")
    if not (name and at and host) or any(char.isspace() or char in ",;<>" for char in address.strip()):
        raise ValueError(f"{address[:80]!r} is not an e-mail address")
    return address.strip()


def new_secret() -> str:
    """Return a new webhook secret in the format of Standard Webhooks."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


Mailbox = Annotated[str, Field(max_length=320), AfterValidator(_mailbox)]


class _Address(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class AppriseAddress(_Address):
    url: Annotated[str, Field(max_length=2_048), AfterValidator(_service)]
    """The service's URL in the format of https://github.com/caronc/apprise; contains the service's tokens."""

    @property
    def summary(self) -> str:
        return f"{urlsplit(self.url).scheme}://…"


class WebhookAddress(_Address):
    url: Annotated[str, Field(max_length=2_048), AfterValidator(_http)]
    secret: Annotated[str, AfterValidator(_secret)] = Field(default_factory=new_secret)

    @property
    def summary(self) -> str:
        return urlsplit(self.url).hostname or ""


class EmailAddress(_Address):
    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: str | None = None
    sender: Mailbox
    recipients: Annotated[list[Mailbox], Field(min_length=1, max_length=50)]

    @property
    def summary(self) -> str:
        return ", ".join(self.recipients)


Address = AppriseAddress | WebhookAddress | EmailAddress
AddressFields = Annotated[dict[str, Any], ShapedAs(AppriseAddress, WebhookAddress, EmailAddress)]
"""An `Address` before validation."""
OF_KIND: dict[ChannelKind, type[Address]] = {
    ChannelKind.APPRISE: AppriseAddress,
    ChannelKind.WEBHOOK: WebhookAddress,
    ChannelKind.EMAIL: EmailAddress,
}


def address_of(kind: ChannelKind, given: dict[str, Any]) -> Address:
    """Return the validated address of a channel of *kind*.

    Raises:
        ValueError: A field is invalid; the message says which, and what to enter.
    """
    try:
        return OF_KIND[kind].model_validate(given)
    except ValidationError as error:
        raise ValueError(f"address: {explain(error)}") from error


class NotificationChannelBase(Given):
    name: Name
    kind: ChannelKind
    is_enabled: bool = True


class NotificationChannelCreate(NotificationChannelBase):
    address: AddressFields
    """``{"url"}`` for APPRISE, ``{"url", "secret"}`` for WEBHOOK, host, sender, recipients, … for EMAIL."""

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        address_of(self.kind, self.address)
        return self


class NotificationChannelUpdate(Change):
    """Changes of a channel. `address` replaces the whole address."""

    name: Name | None = None
    is_enabled: bool | None = None
    address: AddressFields | None = None


class NotificationChannelRead(NotificationChannelBase):
    id: int
    summary: str
    """The host or the recipients."""
    managed_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class NotificationChannelListResponse(ListResponse[NotificationChannelRead]):
    pass
