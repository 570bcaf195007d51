"""URLs of websites as typed, stored and shown, with all rules for them."""

import re
from functools import lru_cache
from typing import Annotated
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna
from pydantic import AfterValidator

from core.addresses import bracketed, effective_port

MAX_URL_LENGTH = 2_048
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)  # not localhost:8080, where a port follows
HOST = re.compile(r"[A-Za-z0-9._-]+")  # container names may contain underscores
LABEL = r"(?=[_-]*[A-Za-z0-9])[A-Za-z0-9_-]{1,63}"
LABELS = re.compile(rf"(?=.{{1,254}}\Z){LABEL}(?:\.{LABEL})*\.?")  # RFC 1035, 2.3.4
TWICE = re.compile(r"\w+://https?:?//", re.IGNORECASE)


def as_typed(text: str) -> str:
    """Return the URL for *text* that a person typed: a host without a scheme becomes https; empty stays empty.

    As in browsers, this machine, IP addresses and names without a dot (containers) become http. Text with a scheme
    stays unchanged, even with a typing error (`htp:/example.com`), which `normalise_url` reports.
    """
    text = text.strip()
    if not text or "://" in text or SCHEME.match(text):
        return text
    return f"{'http' if _is_local_host(text) else 'https'}://{text}"


def _is_local_host(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # not an address, which `normalise_url` reports
        return False
    is_address = ":" in host or host.replace(".", "").isdecimal()
    return port != 443 and (is_address or "." not in host or host.endswith(".localhost"))


def normalise_url(value: str) -> str:
    """Return *value* in stored form: lower-case scheme and host, punycode, no fragment.

    Raises:
        ValueError: *value* is not an http or https URL with a host; the message says what to enter.
    """
    url = value.strip()
    if any(ord(char) < 33 or ord(char) == 127 for char in url):
        raise ValueError("the URL contains a space or a control character; encode it as %20 or remove it")
    if len(url) > MAX_URL_LENGTH:
        raise ValueError(f"the URL is longer than {MAX_URL_LENGTH} characters; give a shorter one")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("the URL's host or port is malformed; give one such as https://example.com:8443") from error
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError("the URL must start with http:// or https://, such as https://example.com")
    if not parts.hostname:
        raise ValueError("the URL has no host; give one such as https://example.com")
    if TWICE.match(url):
        raise ValueError("the URL begins with a scheme twice; leave one of them out")
    if port == 0:
        raise ValueError("the URL's port must be between 1 and 65535")
    netloc = _credentials(parts) + _ascii_host(parts.hostname) + (f":{port}" if port is not None else "")
    return urlunsplit((parts.scheme.lower(), netloc, parts.path, parts.query, ""))


def spellings(url: str) -> tuple[str, ...]:
    """Return a normalised *url* and, for a host's root, its other spelling with or without the slash."""
    parts = urlsplit(url)
    if parts.path not in ("", "/"):
        return (url,)
    return (url, urlunsplit(parts._replace(path="" if parts.path else "/")))


def place_of(url: str) -> str:
    """Return scheme, host and port of *url* as written, without credentials."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def display_url(url: str) -> str:
    """Return *url* without credentials."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@lru_cache(maxsize=4_096)  # called for each redirect of each check
def origin_of(url: str) -> tuple[str, str | None, int]:
    """Return the origin of an http or https *url* (RFC 6454). Credentials are sent only to the same origin."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, effective_port(parts)


def _credentials(parts: SplitResult) -> str:
    """Return the user and password with their final @. Any other @ is encoded, as in browsers: libcurl rejects it."""
    userinfo, at, _host = parts.netloc.rpartition("@")
    return userinfo.replace("@", "%40") + at


def _ascii_host(host: str) -> str:
    if ":" in host:
        return bracketed(host)
    if host.isascii():
        if not HOST.fullmatch(host):
            raise ValueError(f"the host {host} has a character that is not allowed in host names")
        if not LABELS.fullmatch(host):
            raise ValueError(f"the host {host[:80]} is not a host name such as example.com")
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"the host {host} is not a valid internationalised name; check its spelling") from error


WebsiteUrl = Annotated[str, AfterValidator(normalise_url)]
ShownUrl = Annotated[str, AfterValidator(normalise_url), AfterValidator(display_url)]
