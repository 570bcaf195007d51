"""Does for single services what Apprise does not: PagerDuty's titles, priorities, and closing alerts by their alias."""

import sys
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from core.notifications.message import Message

PAGERDUTY = "Pager Duty"
MAX_DETAIL = 20_000  # characters; PagerDuty limits an event to 512 KB
HIGH = {"ntfy": "high", "Opsgenie": 2, "Jira": 2}
"""Priorities by Apprise's name of the service; docs.ntfy.sh/publish, docs.opsgenie.com/docs/alert-api: P1 is highest.

Apprise derives the priority from the severity for other services only.
"""
PLACES = ("OPSGENIE_API_LOOKUP", "JIRA_API_LOOKUP")
"""The names under which Apprise keeps API addresses by region; docs.opsgenie.com/docs/alert-api, Close Alert."""
NOT_FOUND = 404


def for_pagerduty(service: Any, message: Message) -> Message:
    """Return *message* for Apprise's *service*: for PagerDuty the first line, with the whole text as details.

    Apprise would use the whole message as the title, which phones read out. Details, link and source in the channel's
    URL take precedence.
    """
    if service.service_name != PAGERDUTY:
        return message
    service.details = {"text": message.text[:MAX_DETAIL]} | service.details
    service.click = service.click or message.payload.get("link")
    host = urlsplit((message.payload.get("website") or {}).get("url", "")).hostname
    if service.source == service.template_tokens["source"]["default"]:
        service.source = host or service.app_id
    return replace(message, text=message.text.partition("\n")[0])


def raise_priority(service: Any, message: Message, url: str) -> None:
    """Set the priority of Apprise's *service* for a failure, unless the channel's *url* has one."""
    high = HIGH.get(str(service.service_name))
    if high is not None and message.severity == "failure" and "priority" not in parse_qs(urlsplit(url).query.lower()):
        service.priority = high


def needs_closing(service: Any, alias: str) -> bool:
    """Whether *service* has an alert with this *alias* that only `close_alert` can close.

    Apprise closes an alert of Opsgenie or Jira Service Management by a number that it keeps in memory. After a restart,
    or from another process, it closes none.
    """
    return _place(service) is not None and service.alias == alias


def close_alert(service: Any, note: str) -> bool:
    """Close the alert with the alias of *service*, with a *note*; returns whether it is closed now. Blocks."""
    import requests

    answers: list[requests.Response] = []

    def post(*args: Any, **given: Any) -> requests.Response:
        answers.append(requests.post(*args, **given))  # noqa: S113 - Apprise passes a timeout
        return answers[-1]

    url = f"{_place(service)}/{quote(service.alias, safe='')}/close"
    is_taken, _request = service._fetch(
        post, url, {"source": service.app_desc, "note": note}, {"identifierType": "alias"}
    )
    is_gone = [answer.status_code for answer in answers] == [NOT_FOUND]  # somebody has closed it already
    return is_gone or bool(is_taken)


def _place(service: Any) -> str | None:
    module = sys.modules[type(service).__module__]
    by_region = next((getattr(module, name) for name in PLACES if hasattr(module, name)), None)
    place: str | None = by_region[service.region_name] if by_region else None
    return place
