"""Replaces masks in input by stored secrets, and decides where secrets may be sent. Pure."""

from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from core.errors import InvalidInput
from core.input_messages import sentence
from core.models import Website
from core.schemas.option_secrets import MASKED_IN_URL, SECRETS_OF, OptionSecrets
from core.schemas.url import display_url

SENT = {"check_options": "headers, body, password and token", "session_defaults": "debug sessions' headers and cookies"}
"""The secrets in each column that are sent to the website's own host, for messages."""


def masked_url(url: str) -> str:
    """Return *url* with its password masked, for a form that sends it back."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{MASKED_IN_URL}@{parts.netloc.rpartition('@')[2]}"))


def with_secrets(changes: dict[str, Any], website: Website | None) -> dict[str, Any]:
    """Return *changes* with masks in ``url`` and the columns of `SECRETS_OF` replaced by what is stored for *website*.

    Secrets belong to their host: a URL with another host, or a change from https to http, gets none of them.

    Raises:
        InvalidInput: A mask has no stored secret, or the secrets would be sent to another host.
    """
    url = changes.get("url") or (website.url if website else "")
    goes_home = website is None or is_home(url, website.url)
    try:
        for name, secrets in SECRETS_OF.items():
            stored = (getattr(website, name) or {}) if website else {}
            given = changes.get(name) if name in changes else secrets.mask(stored)
            if not goes_home and _is_masked(given, secrets):
                raise InvalidInput(
                    f"The new address has another host than {display_url(website.url if website else '')}. Stored "
                    f"{SENT[name]} are not sent to it. Enter them again, or remove them."
                )
            if name in changes:
                changes = changes | {name: given and secrets.restore(given, stored)}
        return changes | ({"url": _kept_url(url, website, goes_home)} if "url" in changes else {})
    except ValueError as error:
        raise InvalidInput(sentence(error)) from error


def is_home(url: str, stored: str) -> bool:
    """Return whether secrets stored for *stored* may be sent to *url*: the same host, and not from https to http."""
    there, here = urlsplit(stored), urlsplit(url)
    return here.hostname == there.hostname and here.scheme in (there.scheme, "https")


def _is_masked(given: dict[str, Any] | None, secrets: OptionSecrets) -> bool:
    try:
        secrets.restore(given or {}, None)
    except ValueError:
        return True
    return False


def _kept_url(url: str, website: Website | None, goes_home: bool) -> str:
    parts = urlsplit(url)
    if parts.password != MASKED_IN_URL:
        return url
    stored = urlsplit(website.url) if website else None
    if stored is None or stored.password is None or not goes_home:
        raise ValueError(f"{MASKED_IN_URL} stands for a stored password, and none is stored for this host")
    host = parts.netloc.rpartition("@")[2]
    user = quote(parts.username or "", safe="%!$&'()*+,;=-._~")
    return urlunsplit(parts._replace(netloc=f"{user}:{stored.password}@{host}"))
