"""Schemas of notification rules."""

import re
from collections.abc import Sequence
from string import Template
from typing import Annotated, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from core.models import NotificationEvent
from core.schemas.base import Change, Given, ListResponse, Name, UtcInstant
from core.schemas.maintenance_window import Zone

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
KIND = re.compile(r"[a-z0-9_]{2,32}")
A_MINUTE = 60
A_WEEK = 604_800
MAX_TEMPLATE = 4_000  # characters; services show fewer
NAMES = ("website", "url", "event", "cause", "since", "until", "duration", "link", "acknowledge")
"""The variables of a template, such as ``$website``."""


def _clock(value: str) -> str:
    if not CLOCK.fullmatch(value):
        raise ValueError(f"{value[:20]!r} is not a time of day such as 22:30")
    return value


def _template(text: str) -> str:
    template = Template(text)
    if not template.is_valid():
        raise ValueError("a $ in the template has no variable name after it; write $$ for a literal $")
    unknown = sorted(set(template.get_identifiers()) - set(NAMES))
    if unknown:
        raise ValueError(f"the template names ${unknown[0]}, and there are {', '.join('$' + name for name in NAMES)}")
    return text


def _kind(value: str) -> str:
    if not KIND.fullmatch(value):
        raise ValueError(f"{value[:40]!r} is not a kind of finding such as tls_expired")
    return value


def _asked_for(events: list[NotificationEvent]) -> list[NotificationEvent]:
    if NotificationEvent.REMINDER in events:
        raise ValueError("events must not contain REMINDER; set remind_seconds instead")
    if NotificationEvent.MENDED in events:
        raise ValueError("events must not contain MENDED; FAULT includes it")
    return list(dict.fromkeys(events))


def _remind(seconds: int) -> int:
    if 0 < seconds < A_MINUTE:
        raise ValueError("reminders must be at least 60 seconds apart; give 0 for none")
    return seconds


Clock = Annotated[str, AfterValidator(_clock)]
Template_ = Annotated[str, Field(max_length=MAX_TEMPLATE), AfterValidator(_template)]
NAMED = [event for event in NotificationEvent if event not in (NotificationEvent.REMINDER, NotificationEvent.MENDED)]
"""The events that a rule can name."""
Event = Annotated[NotificationEvent, WithJsonSchema({"enum": [str(event) for event in NAMED], "type": "string"})]
Events = Annotated[list[Event], Field(min_length=1), AfterValidator(_asked_for)]
Seconds = Annotated[int, Field(ge=0, le=A_WEEK)]
RemindSeconds = Annotated[Seconds, AfterValidator(_remind)]
Milliseconds = Annotated[int, Field(ge=1, le=300_000)]
Minutes = Annotated[int, Field(ge=1, le=1_440)]
Target = Annotated[float, Field(ge=50, le=99.999, allow_inf_nan=False)]
Percent = Annotated[int, Field(ge=1, le=100)]
Kinds = Annotated[list[Annotated[str, AfterValidator(_kind)]], Field(max_length=100)]
Days = Annotated[int, Field(ge=1, le=365)]


class NotificationRuleFields(Given):
    """The fields of a rule, without its channel, website and tag."""

    name: Name
    events: Events = [NotificationEvent.DOWN, NotificationEvent.UP]
    after_seconds: Seconds = 0
    """How long a state must last before the rule notifies. If it ends earlier, neither it nor its end is notified."""
    unless_acknowledged: bool = False
    """Whether an acknowledgement suppresses the notification: with after_seconds, an escalation."""
    certificate_days: Days = 14
    """CERTIFICATE: the number of days before expiry."""
    cooldown_seconds: Seconds = 0
    """How long after a notified failure the next failure of the website is not notified; 0 for no limit."""
    remind_seconds: RemindSeconds = 0
    """The interval of reminders until the website recovers or somebody acknowledges the failure; 0 for none."""
    quiet_from: Clock | None = None
    """HH:MM in timezone. Notifications during quiet hours wait for their end."""
    quiet_until: Clock | None = None
    timezone: Zone = "UTC"
    slow_ms: Milliseconds = 2_000
    """SLOW: the limit for the 95th percentile of response times."""
    slow_minutes: Minutes = 10
    """SLOW: the period for the percentile."""
    finding_kinds: Kinds = []
    """FINDING, FAULT: the kinds of findings; empty for all that explain a failure. docs/diagnosis.md lists them."""
    budget_target: Target = 99.9
    """BUDGET: the target percentage of available time."""
    unsteady_percent: Percent = 5
    """UNSTEADY: the percentage of the last 60 checks, at least three, that failed without making the website DOWN."""
    template: Template_ | None = None
    """The message's text, with $website, $cause, $link and others; null for the default."""
    is_enabled: bool = True


class NotificationRuleBase(NotificationRuleFields):
    channel_id: int
    website_id: int | None = None
    tag_id: int | None = None


class NotificationRuleCreate(NotificationRuleBase):
    @model_validator(mode="after")
    def _check_together(self) -> Self:
        check_together(self.website_id, self.tag_id, self.quiet_from, self.quiet_until)
        check_reminders(self.events, self.remind_seconds)
        return self


class NotificationRuleUpdate(Change):
    may_be_empty = frozenset({"website_id", "tag_id", "quiet_from", "quiet_until", "template"})

    name: Name | None = None
    channel_id: int | None = None
    website_id: int | None = None
    tag_id: int | None = None
    events: Events | None = None
    after_seconds: Seconds | None = None
    unless_acknowledged: bool | None = None
    certificate_days: Days | None = None
    cooldown_seconds: Seconds | None = None
    remind_seconds: RemindSeconds | None = None
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    timezone: Zone | None = None
    slow_ms: Milliseconds | None = None
    slow_minutes: Minutes | None = None
    finding_kinds: Kinds | None = None
    budget_target: Target | None = None
    unsteady_percent: Percent | None = None
    template: Template_ | None = None
    is_enabled: bool | None = None


def check_together(website_id: int | None, tag_id: int | None, quiet_from: str | None, quiet_until: str | None) -> None:
    """Reject contradictory fields.

    Raises:
        ValueError: The rule has both a website and a tag, or only one end of the quiet hours.
    """
    if website_id is not None and tag_id is not None:
        raise ValueError("a rule is for one website or for one tag, not for both; leave one out")
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        raise ValueError("quiet hours need a start and a different end; give both, such as 22:00 and 07:00")


def check_reminders(events: Sequence[str], remind_seconds: int) -> None:
    """Reject reminders without DOWN among the events.

    Raises:
        ValueError: The rule has reminders, but does not notify of failures.
    """
    if remind_seconds and NotificationEvent.DOWN not in events:
        raise ValueError("reminders need the event DOWN; add it or omit remind_seconds")


class NotificationRuleRead(NotificationRuleBase):
    id: int
    managed_by: str | None = None
    created_at: UtcInstant
    updated_at: UtcInstant


class NotificationRuleListResponse(ListResponse[NotificationRuleRead]):
    pass
