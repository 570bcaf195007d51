"""Keeps cookies during one probe (RFC 6265). Some websites redirect in a circle without them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from core.addresses import is_ip_address

MAX_COOKIES = 50  # the number that RFC 6265, section 6.1, requires of a client per domain
MAX_CHARACTERS = 4_096  # characters per cookie, by the same section
FORBIDDEN = {chr(code) for code in (*range(0x20), 0x7F)}  # a cookie with one of these in name or value is ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cookie:
    name: str
    value: str
    host: str
    is_host_only: bool
    path: str
    is_secure: bool

    def is_for(self, url: str) -> bool:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path or "/"
        is_host = host == self.host or (not self.is_host_only and host.endswith(f".{self.host}"))
        is_path = path == self.path or path.startswith(self.path.rstrip("/") + "/")
        return is_host and is_path and (parts.scheme == "https" or not self.is_secure)


@dataclass(slots=True)
class Cookies:
    """The cookies that a probe's answers have set so far."""

    _kept: dict[tuple[str, str, str], _Cookie] = field(default_factory=dict)

    def take(self, url: str, headers: Iterable[tuple[str, str]]) -> None:
        """Store the cookies that the answer of *url* sets. The names in *headers* must be in lower case."""
        for name, line in headers:
            if name == "set-cookie" and len(line) <= MAX_CHARACTERS:
                self._set(url, line)

    def line_for(self, url: str) -> str | None:
        """Return the value of the Cookie header for a request to *url*; None if no cookie applies."""
        return (
            "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._kept.values() if cookie.is_for(url)) or None
        )

    def _set(self, url: str, line: str) -> None:
        pair, *rest = line.split(";")
        name, equals, value = (part.strip() for part in pair.partition("="))
        pairs = (part.partition("=") for part in rest)
        attributes = {key.strip().lower(): given.strip() for key, _equals, given in pairs}
        host = urlsplit(url).hostname or ""
        domain = attributes.get("domain", "").lstrip(".").lower()
        if not equals or not name or FORBIDDEN & set(name + value):
            return
        # Ignore a cookie for a whole top-level domain such as ``.com``, and a cookie for another host.
        is_domain = "." in domain and not is_ip_address(host) and host.endswith(f".{domain}")
        if domain not in ("", host) and not is_domain:
            return
        path = attributes.get("path", "")
        cookie = _Cookie(
            name=name,
            value=value,
            host=domain or host,
            is_host_only=not domain or is_ip_address(host),
            path=path if path.startswith("/") else _folder(url),
            is_secure="secure" in attributes,
        )
        key = (cookie.name, cookie.host, cookie.path)
        self._kept.pop(key, None)
        is_taken_back = attributes.get("max-age", "1").startswith(("0", "-")) or "1970" in attributes.get("expires", "")
        if not is_taken_back and len(self._kept) < MAX_COOKIES:
            self._kept[key] = cookie


def _folder(url: str) -> str:
    """Return the default path of a cookie (RFC 6265, section 5.1.4)."""
    return urlsplit(url).path.rpartition("/")[0] or "/"
