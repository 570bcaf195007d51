"""Gives failures a high priority at services for which Apprise does not derive it from the severity."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.notifications.message import Message

HIGH = {"ntfy": "high", "Opsgenie": 2, "Jira": 2}
"""By Apprise's name of the service; docs.ntfy.sh/publish, docs.opsgenie.com/docs/alert-api: P1 is the highest."""


def raise_priority(service: Any, message: Message, url: str) -> None:
    """Set the priority of Apprise's *service* for a failure, unless the channel's *url* has one."""
    high = HIGH.get(str(service.service_name))
    if high is not None and message.severity == "failure" and "priority" not in parse_qs(urlsplit(url).query.lower()):
        service.priority = high
