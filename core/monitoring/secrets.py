"""Masks credentials in the messages and URLs that a check stores. Pure."""

import base64
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from core.schemas.check_options import DEFAULTS, CheckOptions
from core.schemas.option_secrets import MASKED, MASKED_IN_URL
from core.schemas.url import display_url

AUTHORITY_END = re.compile(r"[/?#]")
MIN_CHARACTERS = 6  # characters of a header's value or a body. Shorter ones, such as "de", would match everywhere
EXCERPT_CHARACTERS = 120


def secrets_of(url: str, options: CheckOptions) -> tuple[str, ...]:
    """Return every spelling in which the credentials of a request could be echoed, longest first."""
    if options is DEFAULTS and "@" not in url:
        return ()
    plain = set(_given(url, options))
    plain |= {secret.lower() for secret in plain}  # a redirect may put a secret into a host, which is in lower case
    spellings = {form for secret in plain for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}
    return tuple(sorted(spellings, key=len, reverse=True))


def _given(url: str, options: CheckOptions) -> Iterable[str]:
    for address in (url, options.proxy or ""):
        if password := urlsplit(address).password:
            yield from (password, unquote(password))
    if options.basic_auth and options.basic_auth.password:
        account = f"{options.basic_auth.username}:{options.basic_auth.password}"
        yield from (options.basic_auth.password, base64.b64encode(account.encode()).decode())
    if options.bearer_token:
        yield options.bearer_token
    if options.body and len(options.body) >= MIN_CHARACTERS:
        yield options.body
    yield from (value for value in options.headers.values() if len(value) >= MIN_CHARACTERS)


def masked(text: str, secrets: tuple[str, ...]) -> str:
    """Return *text* with each of the *secrets* masked."""
    for secret in secrets:
        text = text.replace(secret, MASKED)
    return text


def shown_url(url: str, secrets: tuple[str, ...]) -> str:
    """Return *url* with credentials and secrets masked, still a valid URL.

    The mask in a host has no brackets, because those are reserved for IPv6 addresses.
    """
    shown = masked(_display_url(url), secrets)
    if MASKED in shown:
        scheme, mark, rest = shown.partition("://")
        host = AUTHORITY_END.split(rest, maxsplit=1)[0]
        shown = scheme + mark + host.replace(MASKED, MASKED_IN_URL) + rest[len(host) :]
    return shown


@lru_cache(maxsize=4_096)  # checks repeat the same URLs
def _display_url(url: str) -> str:
    try:
        return display_url(url)
    except ValueError:  # the target of a redirect may not be a URL
        return url.rpartition("@")[2]


def excerpt(text: str, secrets: tuple[str, ...] = (), *, is_cut: bool = False) -> str:
    """Return the start of *text* on one line, with *secrets* masked and unprintable characters removed.

    Args:
        is_cut: Whether *text* was truncated. The end is then dropped too, as it may hold half a secret.
    """
    text = masked(text, secrets)
    if is_cut and secrets:
        text = text[: -len(secrets[0])]
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: EXCERPT_CHARACTERS * 8]).split())
    return line if len(line) <= EXCERPT_CHARACTERS else line[:EXCERPT_CHARACTERS].rstrip() + "…"
