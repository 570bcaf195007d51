"""Reads a server's certificate from libcurl's ``CURLINFO_CERTINFO``. Pure."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

Field = tuple[bytes, bytes]
NAMES = b"X509v3 Subject Alternative Name"
MAX_NAMES = 100  # certificates of large hosts hold thousands of names


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate that the final host sent."""

    subject: str
    """The distinguished name, such as ``CN = example.com``."""
    issuer: str
    expires_at: datetime | None
    starts_at: datetime | None
    names: tuple[str, ...]
    """The hosts that the certificate covers: its subject alternative names, without the type prefix."""
    chain: tuple[str, ...]
    """The subjects of the other certificates in the chain, in the order in which the server sent them."""
    is_nameless: bool = False
    """Whether it has no subject alternative names. Browsers then accept it for no host at all."""

    def is_valid_at(self, moment: datetime) -> bool:
        """Return whether *moment* is within the certificate's validity."""
        return (self.starts_at is None or self.starts_at <= moment) and (
            self.expires_at is None or moment < self.expires_at
        )


def certificate_of(chain: list[tuple[Field, ...]]) -> Certificate | None:
    """Return the leaf certificate of *chain* (``CURLINFO_CERTINFO``); None if the chain is empty."""
    if not chain:
        return None
    leaf = dict(chain[0])
    return Certificate(
        subject=_text(leaf, b"Subject"),
        issuer=_text(leaf, b"Issuer"),
        expires_at=_instant(_text(leaf, b"Expire date")),
        starts_at=_instant(_text(leaf, b"Start date")),
        names=_names(_text(leaf, NAMES)),
        chain=tuple(_text(dict(further), b"Subject") for further in chain[1:]),
        is_nameless=NAMES not in leaf,
    )


def _text(certificate: dict[bytes, bytes], name: bytes) -> str:
    """Return the field *name*. The server chose its bytes, so invalid UTF-8 is replaced."""
    return certificate.get(name, b"").decode("utf-8", "replace")


@lru_cache(maxsize=4_096)  # strptime() takes as long as everything else at the end of a check
def _instant(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    return None


def _names(text: str) -> tuple[str, ...]:
    names = (entry.strip().partition(":") for entry in text.split(",", MAX_NAMES)[:MAX_NAMES])
    return tuple(name.strip() for _kind, colon, name in names if colon)
