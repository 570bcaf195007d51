"""Sends messages to services that the library Apprise supports."""

import re
from collections.abc import Sequence
from typing import Any

from core.clock import utc_now
from core.errors import NotDelivered
from core.notifications.apprise_warnings import apprise_warnings
from core.notifications.attachments import attachment
from core.notifications.http_answers import OF_CONTENT, HttpAnswer, http_answers, retry_after_seconds
from core.notifications.markdown import escaped, markdown
from core.notifications.message import Message
from core.notifications.partial_deliveries import PartialDeliveries
from core.notifications.service_specifics import close_alert, for_pagerduty, needs_closing, raise_priority
from core.notifications.truncation import octets, truncate_message, units
from core.schemas.notification_channel import AppriseAddress

UNKNOWN = "Apprise does not recognise this URL, or part of it is missing. See https://github.com/caronc/apprise/wiki."

BYTES = {"ntfy": 4_096}
"""Limits in bytes of services that count differently from Apprise: docs.ntfy.sh/publish, Limitations."""
UNMARKED = ("Evolution API", "Whapi.Cloud")
"""Services for WhatsApp, which does not support links with a text: Apprise removes escape characters for them."""
DISCORD = "Discord"
ALWAYS_MARKED = (DISCORD, "Mattermost")
"""Services that read every message as Markdown, also those that Apprise sends as plain text."""
TEAMS = "Power Automate / Workflows (for MSTeams)"
FORMATTED_TITLES = (TEAMS, DISCORD)
LINE_ENDS = {TEAMS: "\n\n"}
"""Services that join lines unless an empty one separates them: github.com/microsoft/AdaptiveCards/issues/5538."""
MENTION = re.compile(r"(?<![\w/])@(?=(?:everyone|here|channel|all|room)\b)|(?<=<)@")
"""Mentions that alert everybody in a chat; a website's name or a server's answer may contain them."""
INCIDENTS = ("dedup", "external_id", "alias", "thirdparty", "entity_id")
"""Attributes of Apprise services that identify an incident, such as PagerDuty's; all support the action ``map``."""
TOO_MANY = 429
REST_SECONDS = 60.0  # after a 429 without Retry-After; many services limit messages per minute
LASTS = "Not sent: other websites of its incident are still down."
NONE_OPENED = "Not sent: no incident is open that it could resolve."
OVER = "Not sent: its incident is already resolved."


class Notifier:
    """Sends messages; a retry continues with the incidents for which the service has not accepted the message yet."""

    def __init__(self) -> None:
        self._partial = PartialDeliveries()

    def deliver(self, address: AppriseAddress, message: Message, key: str) -> str:
        """Send *message* with the key *key* and return the result in a sentence; blocks.

        Raises:
            NotDelivered: The URL is of no known service, or the service did not accept the message; with Apprise's
                words.
        """
        own = incidents_at(address.url, message, key)
        if own and message.severity == "success" and not message.ends_incidents:
            return LASTS if message.incidents else NONE_OPENED
        if own and not message.opens_incidents:
            return OVER
        incidents = own or message.incident_keys(key)[:1]
        self._send_for_each(incidents, address.url, message, key)
        return f"Accepted by {with_incident(address.url, incidents[0])[0].service_name}."

    def _send_for_each(self, incidents: Sequence[str], url: str, message: Message, key: str) -> None:
        sent = (key, url, message.content())
        accepted = set(self._partial.take(sent))
        refused: NotDelivered | None = None
        for incident in incidents:
            if incident in accepted:
                continue
            try:
                to = with_incident(url, incident)
                raise_priority(to[0], message, url)
                _send(to, message, incident)
                accepted.add(incident)
            except NotDelivered as error:
                refused = error
                if error.concerns_channel:
                    break
            except Exception:  # any error of a library: the accepted ones must not be sent again
                self._partial.remember(sent, accepted)
                raise
        if refused is not None:
            self._partial.remember(sent, accepted)
            raise refused


def _send(to: Any, message: Message, incident: str) -> None:
    """Send the message for one incident.

    Raises:
        NotDelivered: The service did not accept it.
    """
    with apprise_warnings() as warnings, http_answers() as answers:
        is_sent = _notify(to, message, incident)
    if not is_sent:
        raise _not_delivered(" ".join(warnings), answers)


def _notify(to: Any, message: Message, incident: str) -> bool:
    """Let Apprise send the message, and return whether the service accepted it."""
    import apprise  # 15 MB, imported only by processes that use it

    takes_markdown = _takes_markdown(to[0])
    is_markdown = takes_markdown or to[0].service_name in ALWAYS_MARKED
    title, text = _fitted(to[0], for_pagerduty(to[0], message), is_markdown=is_markdown)
    if message.severity == "success" and needs_closing(to[0], incident):
        return close_alert(to[0], text)
    is_sent: bool = to.notify(
        title=title,
        body=as_markdown(to[0], text) if is_markdown else text,
        notify_type=apprise.NotifyType(message.severity),
        body_format=apprise.NotifyFormat.MARKDOWN if takes_markdown else apprise.NotifyFormat.TEXT,
        attach=attachment(to[0], message.picture) if message.picture and to[0].attachment_support else None,
    )
    return is_sent


def _not_delivered(words: str, answers: Sequence[HttpAnswer]) -> NotDelivered:
    """Return the error for a message that the service refused with *words*; some services do not use HTTP."""
    refusals = [answer for answer in answers if answer.is_refusal]
    asked = max((retry_after_seconds(answer.retry_after, utc_now()) for answer in refusals), default=0.0)
    is_limited = any(answer.status == TOO_MANY for answer in refusals)
    return NotDelivered(
        words or "The service rejected it.",
        retry_after_seconds=asked or (REST_SECONDS if is_limited else 0.0),
        may_have_arrived=not answers or not answers[-1].is_refusal,
        concerns_channel=not answers or answers[-1].status not in OF_CONTENT,
    )


def is_known(url: str) -> bool:
    """Whether *url* is a complete URL of a known service; connects nowhere, but blocks while Apprise is imported."""
    return _service(url) is not None


def with_incident(url: str, incident: str) -> Any:
    """Return Apprise with the service at *url*, set up so that a recovery resolves *incident*.

    An action or incident key in the URL takes precedence.

    Raises:
        NotDelivered: The URL is of no known service.
    """
    to = _service(url)
    if to is None:
        raise NotDelivered(UNKNOWN, concerns_channel=True)
    for name in INCIDENTS:
        if hasattr(to[0], name) and getattr(to[0], name) in (None, "", _shared(to[0])) and "action=" not in url:
            setattr(to[0], name, incident)
            to[0].action = "map"
    return to


def incidents_at(url: str, message: Message, key: str) -> tuple[str, ...]:
    """Return the incidents that *message* with this *key* opens, continues or ends at *url*; () without incidents.

    Raises:
        NotDelivered: The URL is of no known service.
    """
    named = message.incident_keys(key)
    return named if _incident(with_incident(url, named[0])[0]) == named[0] else ()


def _shared(service: Any) -> str:
    """Return Apprise's fixed incident key for Splunk On-Call, with which each recovery would resolve every incident."""
    return f"{service.app_id}/{getattr(service, 'routing_key', '')}"


def _incident(service: Any) -> str | None:
    """Return the incident key of *service*; None if it has no incidents."""
    return next((getattr(service, name) for name in INCIDENTS if hasattr(service, name)), None)


def _fitted(service: Any, message: Message, *, is_markdown: bool) -> tuple[str, str]:
    """Cut title and text to the limits of *service*: Apprise does not, and most services refuse longer messages."""
    title, text = (MENTION.sub("@\u200b", words) for words in (message.title, message.text))
    if is_markdown and (not service.title_maxlen or service.service_name in FORMATTED_TITLES):
        title = escaped(title)  # without a length of its own, it is put before the text
    limits = {"title_limit": service.title_maxlen, "text_limit": service.body_maxlen}
    if (most := BYTES.get(str(service.service_name))) is not None:
        return truncate_message(title, text, **(limits | {"text_limit": most}), measure=octets)
    measure = (lambda words: units(as_markdown(service, words))) if is_markdown else units
    return truncate_message(title, text, **limits, measure=measure)


def _takes_markdown(service: Any) -> bool:
    """Whether Apprise sends Markdown, which we then write: the one that it makes of plain text has broken links."""
    import apprise

    takes: bool = service.resolve_format(apprise.NotifyFormat.TEXT) == apprise.NotifyFormat.MARKDOWN
    return takes and service.service_name not in UNMARKED


def as_markdown(service: Any, text: str) -> str:
    """Return *text* in the Markdown of *service*."""
    return markdown(text, line_end=LINE_ENDS.get(str(service.service_name), "  \n"))


def _service(url: str) -> Any:
    """Return Apprise with the service at *url*; None if it supports none."""
    import apprise

    # No plug-ins from paths: users enter URLs, which must not make Apprise read files of this machine.
    asset = apprise.AppriseAsset(plugin_paths=[], app_id="Watchwright", app_desc="Watchwright", async_mode=False)
    to = apprise.Apprise(asset=asset)
    with apprise_warnings():
        return to if to.add(url) else None
