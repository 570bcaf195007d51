"""Closes alerts of Opsgenie and Jira Service Management by their alias.

Apprise closes an alert by a number that it keeps in memory. After a restart, or from another process, it closes none.
"""

import sys
from typing import Any
from urllib.parse import quote

PLACES = ("OPSGENIE_API_LOOKUP", "JIRA_API_LOOKUP")
"""The names under which Apprise keeps API addresses by region; docs.opsgenie.com/docs/alert-api, Close Alert."""

NOT_FOUND = 404


def needs_closing(service: Any, alias: str) -> bool:
    """Whether *service* has an alert with this *alias* that only `close` can close."""
    return _place(service) is not None and service.alias == alias


def close(service: Any, note: str) -> bool:
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
