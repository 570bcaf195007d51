"""Composes the text and the JSON of a notification. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from string import Template
from typing import Any, Literal
from urllib.parse import urlsplit

from core.models import NotificationEvent
from core.phrases import counted, isolated, utc_second

Severity = Literal["failure", "warning", "success"]

HEADINGS = {
    NotificationEvent.DOWN: "$website is down",
    NotificationEvent.UP: "$website is back",
    NotificationEvent.DEGRADED: "$website is degraded",
    NotificationEvent.FLAPPING: "$website is flapping",
    NotificationEvent.CERTIFICATE: "The certificate of $website expires soon",
    NotificationEvent.SLOW: "$website is slow",
    NotificationEvent.FINDING: "$website: cause found",
    NotificationEvent.BUDGET: "$website burns its error budget too fast",
    NotificationEvent.SILENT: "A region stopped reporting",
    NotificationEvent.HEARD: "A region reports again",
    NotificationEvent.EVIDENCE: "$website: browser recording",
    NotificationEvent.REMINDER: "$website is still down",
    NotificationEvent.UNSTEADY: "$website fails intermittently",
    NotificationEvent.FAULT: "$website: a debug session found a fault",
    NotificationEvent.MENDED: "$website: fault resolved",
}
TEXTS = {
    NotificationEvent.DOWN: "$cause\nDown since $since.\n$link",
    NotificationEvent.UP: "It was down for $duration, until $until.\nCause: $cause\n$link",
    NotificationEvent.DEGRADED: "$cause\nDegraded since $since.\n$link",
    NotificationEvent.FLAPPING: (
        "It keeps going down and recovering. The next notification follows once it is stable. $cause\n$link"
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
    NotificationEvent.FAULT: "$cause\nThe website is up: its checks do not detect this fault.\n$link",
    NotificationEvent.MENDED: "Debug sessions no longer find the fault, which lasted $duration. Cause: $cause\n$link",
}
WAS_DOWN = ("$website was down", "$cause\nIt was down for $duration, until $until.\n$link")
"""Heading and text of a failure that has ended before its message is sent, for instance after retries."""
ACKNOWLEDGEABLE = (
    NotificationEvent.DOWN,
    NotificationEvent.FLAPPING,
    NotificationEvent.EVIDENCE,
    NotificationEvent.REMINDER,
)
"""Events whose messages offer a link to acknowledge the failure."""
SEVERITIES: Mapping[NotificationEvent, Severity] = {
    NotificationEvent.DOWN: "failure",
    NotificationEvent.REMINDER: "failure",
    NotificationEvent.EVIDENCE: "failure",
    NotificationEvent.FINDING: "failure",
    NotificationEvent.UP: "success",
    NotificationEvent.HEARD: "success",
    NotificationEvent.MENDED: "success",
}
"""The severity of an event; "warning" if it is missing here. Some services page nobody for a warning."""
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
SECRET = {"acknowledge": None, "screenshot": None}
"""Fields of a payload that grant access; anybody who has the first one can acknowledge."""
MAX_NAME = 80  # characters of an address that replaces a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A browser's screenshot of the failure."""

    data: bytes
    mime_type: str
    link: str
    """The picture's address for programs, which need a token."""

    @property
    def name(self) -> str:
        """The file name."""
        return f"screenshot.{self.mime_type.rpartition('/')[2]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """The content of a message; all texts are plain text."""

    event: NotificationEvent
    website: str
    url: str
    """Without credentials."""
    cause: str
    symptom: str | None = None
    """The error of the last check, which several websites may share while their evidence is incomplete."""
    since: datetime
    until: datetime | None = None
    """When the failure ended, or when the certificate expires."""
    sent_at: datetime | None = None
    """The time of the message, for a failure that lasts."""
    link: str
    acknowledge: str | None = None
    """A link that acknowledges the failure."""
    picture: Picture | None = None
    follows: str | None = None
    """The key of the message about the failure to which this message belongs."""
    is_over: bool = False
    """Whether everything that message reported is over."""
    website_id: int
    window_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An attached file."""

    name: str
    """Ends in ``.csv``."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message for any channel."""

    title: str
    text: str
    payload: dict[str, Any]
    """The content for programs."""
    picture: Picture | None = None
    """For channels that support attachments."""
    follows: str | None = None
    """The key of an earlier message, for channels with threads."""
    incidents: tuple[str, ...] = ()
    """The keys of earlier messages whose incidents this one continues, for services with incidents."""
    ends_incidents: bool = True
    """Whether a recovery ends those incidents; not while another of their websites is still down."""
    opens_incidents: bool = True
    """Whether a failure may open an incident; not a finding about a failure that is over."""
    unsubscribe_url: str | None = None
    """The address at which the single reader can unsubscribe; for mails."""
    html: str | None = None
    """The HTML that a mail shows instead of the text; escaped by its author."""
    table: Table | None = None
    """For mails."""
    hides_recipients: bool = False
    """Whether the recipients must not see each other's addresses, for instance customers."""
    severity: Severity = "warning"
    """The severity, by which services page, colour or resolve."""

    def incident_keys(self, key: str) -> tuple[str, ...]:
        """Return the keys of the incidents that the message opens, continues or ends; *key* is the message's own."""
        return self.incidents or (self.follows or key,)

    def content(self) -> str:
        """Return what the message says, without links that grant access, to recognise it in a retry."""
        return repr((self.title, self.public_payload() if self.payload else self.text))

    def public_payload(self) -> dict[str, Any]:
        """Return the payload without links that grant access, which also differ each time a message is composed."""
        public = self.payload | SECRET
        if "websites" in public:
            public["websites"] = [website | SECRET for website in public["websites"]]
        return public


def compose(facts: MessageFacts, template: str | None = None) -> Message:
    """Compose the message about *facts*, with the text of *template* or our default."""
    words = {
        "website": isolated(display_name(facts)),
        "url": facts.url,
        "event": facts.event.lower(),
        "cause": isolated(facts.cause),
        "since": utc_second(facts.since),
        "until": utc_second(facts.until) if facts.until else "",
        "duration": duration_text(facts),
        "link": facts.link,
        "acknowledge": facts.acknowledge or "",
    }
    heading, usual = HEADINGS[facts.event], TEXTS[facts.event]
    if facts.event is NotificationEvent.DOWN and facts.until is not None:
        heading, usual = WAS_DOWN
    text = Template(template or usual).safe_substitute(words).strip()
    if facts.acknowledge and facts.event in ACKNOWLEDGEABLE and facts.acknowledge not in text:
        text += f"\nAcknowledge: {facts.acknowledge}"
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
        severity=SEVERITIES.get(facts.event, "warning"),
    )


def incidents_of(many: Sequence[MessageFacts]) -> tuple[str, ...]:
    """Return the keys of the messages that *many* follow, without duplicates."""
    return tuple(dict.fromkeys(facts.follows for facts in many if facts.follows is not None))


def duration_text(facts: MessageFacts) -> str:
    """Return how long the failure lasted or has lasted so far, in words; "" if unknown."""
    end = facts.until or facts.sent_at
    return duration((end - facts.since).total_seconds()) if end else ""


def display_name(facts: MessageFacts) -> str:
    """Return the website's name, or its address if the name is only the host, which several websites may share."""
    is_host = facts.website == urlsplit(facts.url).hostname
    return facts.url.partition("://")[2].rstrip("/")[:MAX_NAME] if is_host else facts.website


def payload(facts: MessageFacts) -> dict[str, Any]:
    """Return *facts* in the format of docs/notifications.md; times are ISO 8601 in UTC."""
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
    """Return *seconds* in the two largest non-zero units, such as ``2 hours 5 minutes``."""
    rest, parts = round(seconds), []
    for name, size in UNITS:
        number, rest = divmod(rest, size)
        if number:
            parts.append(counted(number, name))
    return " ".join(parts[:2]) or "less than a second"
