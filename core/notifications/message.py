"""What a notification says, in words and as JSON. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import Any, Literal
from urllib.parse import urlsplit

from core.models import NotificationEvent

Tone = Literal["failure", "warning", "success"]

HEADINGS = {
    NotificationEvent.DOWN: "$website is down",
    NotificationEvent.UP: "$website is back",
    NotificationEvent.DEGRADED: "$website is degraded",
    NotificationEvent.FLAPPING: "$website is flapping",
    NotificationEvent.CERTIFICATE: "The certificate of $website expires soon",
    NotificationEvent.SLOW: "$website is slow",
    NotificationEvent.FINDING: "$website: something was found",
    NotificationEvent.BUDGET: "$website spends its error budget too fast",
    NotificationEvent.SILENT: "A region is silent",
    NotificationEvent.HEARD: "A region is heard again",
    NotificationEvent.EVIDENCE: "$website: what the browser saw",
    NotificationEvent.REMINDER: "$website is still down",
    NotificationEvent.UNSTEADY: "$website fails now and then",
    NotificationEvent.FAULT: "$website: a debug session found a fault",
    NotificationEvent.MENDED: "$website: a fault is gone",
}
TEXTS = {
    NotificationEvent.DOWN: "$cause\nDown since $since.\n$link",
    NotificationEvent.UP: "It was down for $duration, until $until.\nWhat was wrong: $cause\n$link",
    NotificationEvent.DEGRADED: "$cause\nDegraded since $since.\n$link",
    NotificationEvent.FLAPPING: (
        "It keeps going down and coming back; you hear of it again once it is steady. $cause\n$link"
    ),
    NotificationEvent.CERTIFICATE: "It expires at $until.\n$link",
    NotificationEvent.SLOW: "$cause\n$link",
    NotificationEvent.FINDING: "$cause\n$link",
    NotificationEvent.BUDGET: "$cause\n$link",
    NotificationEvent.SILENT: "$cause\n$link",
    NotificationEvent.HEARD: "$cause\n$link",
    NotificationEvent.EVIDENCE: "$cause\nDown since $since.\n$link",
    NotificationEvent.REMINDER: "It has been down for $duration, since $since.\n$cause\n$link",
    NotificationEvent.UNSTEADY: "$cause\n$link",
    NotificationEvent.FAULT: "$cause\nThe website is up all the same: its checks do not see it.\n$link",
    NotificationEvent.MENDED: "A debug session finds it no longer, $duration after one did. What it was: $cause\n$link",
}
WAS_DOWN = ("$website was down", "$cause\nIt was down for $duration, until $until.\n$link")
"""Heading and text of a failure that was back by the time it is told, as what is gathered or was not taken may be."""
TAKEN_UP = (
    NotificationEvent.DOWN,
    NotificationEvent.FLAPPING,
    NotificationEvent.EVIDENCE,
    NotificationEvent.REMINDER,
)
"""Events whose message says by which link the failure is taken up."""
TONES: Mapping[NotificationEvent, Tone] = {
    NotificationEvent.DOWN: "failure",
    NotificationEvent.REMINDER: "failure",
    NotificationEvent.EVIDENCE: "failure",
    NotificationEvent.FINDING: "failure",
    NotificationEvent.UP: "success",
    NotificationEvent.HEARD: "success",
    NotificationEvent.MENDED: "success",
}
"""How grave an event is; a warning where it does not say. Some services page nobody, or send nothing, for less."""
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
LONGEST_NAME = 80  # characters of an address that stands for a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a browser saw when it failed."""

    data: bytes
    mime_type: str
    link: str
    """Where programs get it, with a token."""

    @property
    def name(self) -> str:
        """Of a file."""
        return f"screenshot.{self.mime_type.rpartition('/')[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a message is made of; each text is for people and plain."""

    event: NotificationEvent
    website: str
    url: str
    """Without credentials."""
    cause: str
    symptom: str | None = None
    """What its last check said, which many may have in common whose evidence is not all there yet."""
    since: datetime
    until: datetime | None = None
    """When it ended, or when the certificate expires."""
    told_at: datetime | None = None
    """Of what still lasts: now."""
    link: str
    acknowledge: str | None = None
    """A link by which somebody takes it up."""
    picture: Picture | None = None
    follows: str | None = None
    """The key of the message that told of the failure, which this one belongs to."""
    is_over: bool = False
    """Whether all of which that message told is over."""
    website_id: int
    window_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file to open elsewhere."""

    name: str
    """``.csv`` at its end."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Fit for any channel."""

    title: str
    text: str
    payload: dict[str, Any]
    """The same for programs."""
    picture: Picture | None = None
    """For channels that take one."""
    follows: str | None = None
    """The key of an earlier message, for channels that know of threads."""
    incidents: tuple[str, ...] = ()
    """The keys of earlier messages with whose incidents it goes on, for services that have such."""
    ends_incidents: bool = True
    """Whether good news ends those; not while another website of theirs is still down."""
    opens_incidents: bool = True
    """Whether bad news may open one; not what is found out about a failure that is over."""
    leave: str | None = None
    """The address at which its one reader asks for no more of its kind; for mails."""
    html: str | None = None
    """What a mail shows in the place of the text; escaped by who made it."""
    table: Table | None = None
    """For mails."""
    is_apart: bool = False
    """Whether none of its readers is to know of the others, as the clients of somebody."""
    tone: Tone = "warning"
    """How grave it is, for services that page, colour or resolve by it."""

    def named(self, key: str) -> tuple[str, ...]:
        """What the incidents are called that it opens, goes on with or ends, where *key* names the message itself."""
        return self.incidents or (self.follows or key,)


def compose(facts: Facts, template: str | None = None) -> Message:
    """The message about *facts*, with the text that *template* makes, or ours."""
    words = {
        "website": called(facts),
        "url": facts.url,
        "event": facts.event.lower(),
        "cause": facts.cause,
        "since": _moment(facts.since),
        "until": _moment(facts.until) if facts.until else "",
        "duration": lasted(facts),
        "link": facts.link,
        "acknowledge": facts.acknowledge or "",
    }
    heading, usual = HEADINGS[facts.event], TEXTS[facts.event]
    if facts.event is NotificationEvent.DOWN and facts.until is not None:
        heading, usual = WAS_DOWN
    text = Template(template or usual).safe_substitute(words).strip()
    if facts.acknowledge and facts.event in TAKEN_UP and facts.acknowledge not in text:
        text += f"\nTake it up: {facts.acknowledge}"
    title = Template(heading).safe_substitute(words)
    return Message(
        title=title,
        text=text,
        payload=payload(facts),
        picture=facts.picture,
        follows=facts.follows,
        incidents=incidents_of([facts]),
        ends_incidents=facts.is_over,
        opens_incidents=facts.event is not NotificationEvent.FINDING or facts.until is None,
        tone=TONES.get(facts.event, "warning"),
    )


def incidents_of(many: Sequence[Facts]) -> tuple[str, ...]:
    """The keys of the messages that *many* follow."""
    return tuple(dict.fromkeys(facts.follows for facts in many if facts.follows is not None))


def lasted(facts: Facts) -> str:
    """How long it lasted, or has so far; empty where that is not known."""
    end = facts.until or facts.told_at
    return duration((end - facts.since).total_seconds()) if end else ""


def called(facts: Facts) -> str:
    """The website's name; of one that is named as its host is, the address tells which of that host's it is."""
    is_host = facts.website == urlsplit(facts.url).hostname
    return facts.url.partition("://")[2].rstrip("/")[:LONGEST_NAME] if is_host else facts.website


def payload(facts: Facts) -> dict[str, Any]:
    """*facts* as docs/notifications.md describes them; times in ISO 8601, UTC."""
    return {
        "event": facts.event.lower(),
        "website": {"id": facts.website_id, "name": facts.website, "url": facts.url},
        "window_id": facts.window_id,
        "cause": facts.cause,
        "since": facts.since.isoformat(),
        "until": facts.until.isoformat() if facts.until else None,
        "link": facts.link,
        "acknowledge": facts.acknowledge,
        "screenshot": facts.picture.link if facts.picture else None,
        "follows": facts.follows,
    }


def duration(seconds: float) -> str:
    """*seconds* in the two largest units that say something, such as ``2 hours 5 minutes``."""
    rest, parts = round(seconds), []
    for name, size in UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(f"{number} {name}{'s' if number > 1 else ''}")
    return " ".join(parts[:2]) or "less than a second"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
