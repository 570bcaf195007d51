"""Keeps what a person gave us in confidence out of every sentence and URL that a check leaves behind. Pure."""

import base64
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from core.schemas.check_options import DEFAULTS, MASKED_IN_URL, CheckOptions
from core.schemas.session_options import MASKED
from core.schemas.url import display_url

AUTHORITY_END = re.compile(r"[/?#]")
SHORTEST = 6  # characters of a header's value or a body; "de" or "1" is no secret, and would be found everywhere
EXCERPT_CHARACTERS = 120


def secrets_of(url: str, options: CheckOptions) -> tuple[str, ...]:
    """All spellings in which the credentials of a request could come back, the longest first."""
    if options is DEFAULTS and "@" not in url:
        return ()
    plain = set(_given(url, options))
    plain |= {secret.lower() for secret in plain}  # a host, which a redirect may make of it, is in lower case
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
    if options.body and len(options.body) >= SHORTEST:
        yield options.body
    yield from (value for value in options.headers.values() if len(value) >= SHORTEST)


def masked(text: str, secrets: tuple[str, ...]) -> str:
    """*text* without the *secrets*."""
    for secret in secrets:
        text = text.replace(secret, MASKED)
    return text


def shown_url(url: str, secrets: tuple[str, ...]) -> str:
    """*url* without credentials and secrets, and a URL still: in a host, brackets are for IPv6 addresses alone."""
    shown = masked(_display_url(url), secrets)
    if MASKED in shown:
        scheme, mark, rest = shown.partition("://")
        host = AUTHORITY_END.split(rest, maxsplit=1)[0]
        shown = scheme + mark + host.replace(MASKED, MASKED_IN_URL) + rest[len(host) :]
    return shown


@lru_cache(maxsize=4_096)  # the same URLs are shown again and again
def _display_url(url: str) -> str:
    try:
        return display_url(url)
    except ValueError:  # where a redirect leads may be no URL at all
        return url.rpartition("@")[2]


def excerpt(text: str, secrets: tuple[str, ...] = (), *, is_cut: bool = False) -> str:
    """The first words of *text* on one line, without the *secrets* and without what is not to be printed.

    Args:
        is_cut: Whether *text* is only the start of something, so that a secret may stand cut in half at its end.
    """
    text = masked(text, secrets)
    if is_cut and secrets:
        text = text[: -len(secrets[0])]
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: EXCERPT_CHARACTERS * 8]).split())
    return line if len(line) <= EXCERPT_CHARACTERS else line[:EXCERPT_CHARACTERS].rstrip() + "…"
