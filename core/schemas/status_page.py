"""Schemas of status pages, their updates and subscribers."""

import base64
import binascii
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, model_validator

from core.schemas.base import Change, Given, ListResponse, Name, Schema, UtcInstant
from core.schemas.notification_channel import Mailbox
from core.schemas.tag import TagName

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
LOGO = re.compile(r"data:image/(?:png|jpeg|webp|gif|svg\+xml);base64,(?P<data>[A-Za-z0-9+/=]+)")
MAX_LOGO = 300_000  # characters, which is some 220 kB in every answer
MAX_WEBSITES = 500  # per page
MAX_GROUPS = 100
Stage = Literal["investigating", "identified", "monitoring", "resolved"]


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value.lower()):
        raise ValueError(
            "the address of a status page is made of up to 64 letters, digits and hyphens, such as our-shop"
        )
    return value.lower()


def _domain(value: str) -> str:
    if not DOMAIN.fullmatch(value.lower()):
        raise ValueError("the domain is a host name without http:// and port, such as status.example.org")
    return value.lower()


def _logo(value: str) -> str:
    found = LOGO.fullmatch(value)
    try:
        base64.b64decode(found["data"] if found else "*", validate=True)
    except binascii.Error as error:
        raise ValueError("the logo is a picture as data:image/png;base64,…; JPEG, WebP, GIF and SVG go too") from error
    return value


Slug = Annotated[str, Field(min_length=1), AfterValidator(_slug)]
Domain = Annotated[str, AfterValidator(_domain)]
Logo = Annotated[str, Field(max_length=MAX_LOGO), AfterValidator(_logo)]
Password = Annotated[SecretStr, Field(min_length=4, max_length=512)]


class StatusGroup(Schema):
    """A group of websites on a page."""

    model_config = ConfigDict(extra="forbid")  # a misspelt field must not be ignored

    name: Annotated[str, Field(max_length=255)] = ""
    website_ids: list[int] = []
    tags: list[TagName] = []
    """Tags whose websites are shown here too, including websites that get the tag later."""


Groups = Annotated[list[StatusGroup], Field(max_length=MAX_GROUPS)]


def check_groups(groups: list[StatusGroup]) -> None:
    """Reject duplicate websites or tags on a page, and too many websites.

    Raises:
        ValueError: A website or tag is duplicate, or there are too many websites.
    """
    ids = [website_id for group in groups for website_id in group.website_ids]
    if len(set(ids)) < len(ids):
        raise ValueError("a website can be on a status page only once; remove it from the other group")
    tags = [tag for group in groups for tag in group.tags]
    if len(set(tags)) < len(tags):
        raise ValueError("a tag can be on a status page only once; remove it from the other group")
    if len(ids) > MAX_WEBSITES:
        raise ValueError(f"a status page shows at most {MAX_WEBSITES} websites")


class StatusPageFields(Given):
    """The fields of a status page, without its websites."""

    slug: Slug
    """The page's address is /status/SLUG."""
    title: Name
    description: Annotated[str, Field(max_length=2_000)] | None = None
    logo: Logo | None = None
    domain: Domain | None = None
    """A separate host name, at whose root the page is served."""
    is_published: bool = True
    """Whether the page is visible."""


class StatusPageCreate(StatusPageFields):
    channel_id: int | None = None
    groups: Groups = []
    password: Password | None = None
    """The password for viewing the page; the page is public if omitted."""

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        check_groups(self.groups)
        return self


class StatusPageUpdate(Change):
    """Changes of a status page. ``{"password": null}`` makes the page public."""

    may_be_empty = frozenset({"description", "logo", "domain", "channel_id", "password"})

    slug: Slug | None = None
    title: Name | None = None
    description: Annotated[str, Field(max_length=2_000)] | None = None
    logo: Logo | None = None
    domain: Domain | None = None
    is_published: bool | None = None
    channel_id: int | None = None
    groups: Groups | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _check_groups(self) -> Self:
        check_groups(self.groups or [])
        return self


class StatusPageRead(StatusPageFields):
    id: int
    channel_id: int | None
    groups: list[StatusGroup] = []
    has_password: bool = False
    managed_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class StatusPageListResponse(ListResponse[StatusPageRead]):
    pass


class WindowUpdateCreate(Given):
    """An update about a downtime window for readers of status pages."""

    stage: Stage = "investigating"
    text: Annotated[str, Field(min_length=1, max_length=4_000)]


class WindowUpdateRead(Schema):
    id: int
    window_id: int
    stage: str
    text: str
    author: str
    created_at: UtcInstant


class WindowUpdateListResponse(ListResponse[WindowUpdateRead]):
    pass


class Subscription(Given):
    """A new subscriber of a status page."""

    email: Mailbox


class StatusSubscriberRead(Schema):
    id: int
    email: str
    confirmed_at: UtcInstant | None
    """None until the subscriber confirms by mail."""
    created_at: UtcInstant


class StatusSubscriberListResponse(ListResponse[StatusSubscriberRead]):
    pass
