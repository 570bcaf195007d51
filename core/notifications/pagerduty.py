"""Adapts messages to PagerDuty: Apprise would use the whole message as the title, which phones read out."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from core.notifications.message import Message

PAGERDUTY = "Pager Duty"
MAX_DETAIL = 20_000  # characters; PagerDuty limits an event to 512 KB


def for_pagerduty(service: Any, message: Message) -> Message:
    """Return *message* for Apprise's *service*: for PagerDuty the first line, with the whole text as details.

    Details, link and source in the channel's URL take precedence.
    """
    if service.service_name != PAGERDUTY:
        return message
    service.details = {"text": message.text[:MAX_DETAIL]} | service.details
    service.click = service.click or message.payload.get("link")
    host = urlsplit((message.payload.get("website") or {}).get("url", "")).hostname
    if service.source == service.template_tokens["source"]["default"]:
        service.source = host or service.app_id
    return replace(message, text=message.text.partition("\n")[0])
