"""Sends a message to one of the services that the library Apprise knows."""

import logging
import re
from typing import Any

from core.errors import NotDelivered
from core.notifications import alert_closing
from core.notifications.attachments import attached
from core.notifications.markdown import escaped, markdown
from core.notifications.message import Message
from core.notifications.pagerduty import for_pagerduty
from core.notifications.truncation import octets, truncate_message, units
from core.schemas.notification_channel import AppriseAddress

UNKNOWN = "Apprise knows no service of this URL, or it lacks a part; see https://github.com/caronc/apprise/wiki."


BYTES = {"ntfy": 4_096}
"""The longest text, in bytes, of services that count otherwise than the library: docs.ntfy.sh/publish, Limitations."""
UNMARKED = ("Evolution API", "Whapi.Cloud")
"""Services for WhatsApp, which has no links with a text: for those the library takes away what it escapes."""
LINE_ENDS = {"Power Automate / Workflows (for MSTeams)": "\n\n"}
"""Where lines are one unless there is one between them: github.com/microsoft/AdaptiveCards/issues/5538."""
MENTION = re.compile(r"(?<![\w/])@(?=(?:everyone|here|channel|all|room)\b)|(?<=<)@")
"""What has a chat wake all who are in it, be it in a website's name or in what its server says."""
INCIDENTS = ("dedup", "external_id", "alias", "thirdparty", "entity_id")
"""What names an incident in services that resolve one as it is over, such as PagerDuty; all have an action ``map``."""
TOO_MANY = re.compile(r"error=429\b|requested we throttle back")
"""What the library says of services that ask to be left alone; for how long they ask it does not."""
REST_SECONDS = 60.0  # Discord and Slack count by the minute; what waits for the channel would only ask again
LASTS = "Nothing was sent: of its incident other websites are still down."
NONE_OPENED = "Nothing was sent: no incident was opened that it would end."
OVER = "Nothing was sent: its incident is over."


def notify(address: AppriseAddress, message: Message, key: str) -> str:
    """Send *message*, which *key* names, and return what the library says of it; blocks.

    Raises:
        NotDelivered: The URL names no service, or the service did not take it; with the library's own words.
    """
    import apprise  # 15 MB that only who notifies this way needs

    own = incidents_at(address.url, message, key)
    if own and message.tone == "success" and not message.ends_incidents:
        return LASTS if message.incidents else NONE_OPENED
    if own and not message.opens_incidents:
        return OVER
    incidents = own or message.named(key)[:1]
    to = tied(address.url, incidents[0])
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        are_sent = [_send(tied(address.url, incident), message, incident) for incident in incidents]
        words = " ".join(said.getvalue().split())
    if not all(are_sent):
        rest = REST_SECONDS if TOO_MANY.search(words) else 0.0
        raise NotDelivered(words or "The service did not take it.", retry_after_seconds=rest)
    return f"Taken by {to[0].service_name}."


def _send(to: Any, message: Message, incident: str) -> bool:
    """Whether the service took it."""
    import apprise

    is_markdown = _speaks_markdown(to[0])
    title, text = _fitted(to[0], for_pagerduty(to[0], message), is_markdown=is_markdown)
    if message.tone == "success" and alert_closing.is_closed_by(to[0], incident):
        return alert_closing.close(to[0], text)
    is_sent: bool = to.notify(
        title=title,
        body=as_markdown(to[0], text) if is_markdown else text,
        notify_type=apprise.NotifyType(message.tone),
        body_format=apprise.NotifyFormat.MARKDOWN if is_markdown else apprise.NotifyFormat.TEXT,
        attach=attached(to[0], message.picture) if message.picture and to[0].attachment_support else None,
    )
    return is_sent


def is_known(url: str) -> bool:
    """Whether *url* is that of a service, and whole; connects nowhere, and blocks while the library is loaded."""
    return _service(url) is not None


def tied(url: str, incident: str) -> Any:
    """The library with the service at *url*, where a recovery resolves *incident*, which its failure raised.

    An URL that says what to do, or names its incidents, has its way.

    Raises:
        NotDelivered: The URL names no service.
    """
    to = _service(url)
    if to is None:
        raise NotDelivered(UNKNOWN)
    for name in INCIDENTS:
        if hasattr(to[0], name) and getattr(to[0], name) in (None, "", _shared(to[0])) and "action=" not in url:
            setattr(to[0], name, incident)
            to[0].action = "map"
    return to


def incidents_at(url: str, message: Message, key: str) -> tuple[str, ...]:
    """What *message*, which *key* names, opens, goes on with or ends at *url*; nothing where no incidents of ours are.

    Raises:
        NotDelivered: The URL names no service.
    """
    named = message.named(key)
    return named if _incident(tied(url, named[0])[0]) == named[0] else ()


def _shared(service: Any) -> str:
    """What Splunk On-Call calls the one incident of all that the library tells of: each recovery would resolve all."""
    return f"{service.app_id}/{getattr(service, 'routing_key', '')}"


def _incident(service: Any) -> str | None:
    """What *service* calls its incident; None where it knows of none."""
    return next((getattr(service, name) for name in INCIDENTS if hasattr(service, name)), None)


def _fitted(service: Any, message: Message, *, is_markdown: bool) -> tuple[str, str]:
    """Title and text as *service* takes them: the library passes on what is too long, and most refuse it."""
    title, text = (MENTION.sub("@\u200b", words) for words in (message.title, message.text))
    if is_markdown and not service.title_maxlen:  # then it is put before the text
        title = escaped(title)
    limits = {"title_limit": service.title_maxlen, "text_limit": service.body_maxlen}
    if (most := BYTES.get(str(service.service_name))) is not None:
        return truncate_message(title, text, **(limits | {"text_limit": most}), measure=octets)
    measure = (lambda words: units(as_markdown(service, words))) if is_markdown else units
    return truncate_message(title, text, **limits, measure=measure)


def _speaks_markdown(service: Any) -> bool:
    """Whether *service* gets Markdown as it is: what the library makes of a text has links that open nothing."""
    import apprise

    takes: bool = service.resolve_format(apprise.NotifyFormat.TEXT) == apprise.NotifyFormat.MARKDOWN
    return takes and service.service_name not in UNMARKED


def as_markdown(service: Any, text: str) -> str:
    """*text* in the Markdown of *service*."""
    return markdown(text, line_end=LINE_ENDS.get(str(service.service_name), "  \n"))


def _service(url: str) -> Any:
    """The library with the service at *url*; None where it knows none."""
    import apprise

    # Plug-ins from paths stay off: an address is a user's, and must not read files of this machine.
    asset = apprise.AppriseAsset(plugin_paths=[], app_id="Watchwright", app_desc="Watchwright", async_mode=False)
    to = apprise.Apprise(asset=asset)
    return to if to.add(url) else None
