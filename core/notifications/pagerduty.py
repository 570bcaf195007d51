"""Tells PagerDuty what is what: of a message the library makes one long name of an incident, which phones read out."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from core.notifications.message import Message

PAGERDUTY = "Pager Duty"
MOST_DETAIL = 20_000  # characters: an event has no more than 512 KB


def for_pagerduty(service: Any, message: Message) -> Message:
    """*message* as *service* of the library takes it: for PagerDuty its gist, with the rest given as details.

    What its URL says of details, link and source stays.
    """
    if service.service_name != PAGERDUTY:
        return message
    service.details = {"text": message.text[:MOST_DETAIL]} | service.details
    service.click = service.click or message.payload.get("link")
    host = urlsplit((message.payload.get("website") or {}).get("url", "")).hostname
    if service.source == service.template_tokens["source"]["default"]:
        service.source = host or service.app_id
    return replace(message, text=message.text.partition("\n")[0])
