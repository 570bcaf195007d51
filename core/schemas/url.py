"""The URL of a website: as a person types it, as it is stored, and as it is shown; its rules live here alone."""

import re
from functools import lru_cache
from typing import Annotated
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna
from pydantic import AfterValidator

from core.addresses import bracketed, meant_port

MAX_URL_LENGTH = 2_048
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)  # a port, as in localhost:8080, is no scheme's end
HOST = re.compile(r"[A-Za-z0-9._-]+")  # the underscore is in names of containers
LABEL = r"(?=[_-]*[A-Za-z0-9])[A-Za-z0-9_-]{1,63}"
LABELS = re.compile(rf"(?=.{{1,254}}\Z){LABEL}(?:\.{LABEL})*\.?")  # RFC 1035, 2.3.4
TWICE = re.compile(r"\w+://https?:?//", re.IGNORECASE)


def as_typed(text: str) -> str:
    """The URL that a person means who types *text*: a bare host is meant to be https, and nothing stays nothing.

    As in a browser, http for this machine, an IP address and a name without a dot, as of a container. What begins
    with a scheme is left as it is, a mistyped one (`htp:/example.com`) too: `normalise_url` says so.
    """
    text = text.strip()
    if not text or "://" in text or SCHEME.match(text):
        return text
    return f"{'http' if _is_near(text) else 'https'}://{text}"


def _is_near(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # no address at all, as will be said
        return False
    is_address = ":" in host or host.replace(".", "").isdecimal()
    return port != 443 and (is_address or "." not in host or host.endswith(".localhost"))


def normalise_url(value: str) -> str:
    """*value* as it is stored: scheme and host in lower case, the host as punycode, no fragment.

    Raises:
        ValueError: It is not an http or https URL with a host; the message says what to give.
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
    """A normalised *url* and, where it names a host's root, its other spelling: a root's slash may be left out."""
    parts = urlsplit(url)
    if parts.path not in ("", "/"):
        return (url,)
    return (url, urlunsplit(parts._replace(path="" if parts.path else "/")))


def place_of(url: str) -> str:
    """Scheme, host and port of *url* as they stand there, without the user name and password that it may hold."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def display_url(url: str) -> str:
    """*url* without the user name and password that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@lru_cache(maxsize=4_096)  # asked for each redirect of each check
def origin_of(url: str) -> tuple[str, str | None, int]:
    """Scheme, host and port of an http or https *url*: what must be the same for credentials to be sent (RFC 6454)."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, meant_port(parts)


def _credentials(parts: SplitResult) -> str:
    userinfo, at, _host = parts.netloc.rpartition("@")
    return userinfo + at


def _ascii_host(host: str) -> str:
    if ":" in host:
        return bracketed(host)
    if host.isascii():
        if not HOST.fullmatch(host):
            raise ValueError(f"the host {host} has a character that no host name has; check where it ends")
        if not LABELS.fullmatch(host):
            raise ValueError(f"the host {host[:80]} is no host name; give one such as example.com")
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"the host {host} is not a valid internationalised name; check its spelling") from error


WebsiteUrl = Annotated[str, AfterValidator(normalise_url)]
ShownUrl = Annotated[str, AfterValidator(normalise_url), AfterValidator(display_url)]
