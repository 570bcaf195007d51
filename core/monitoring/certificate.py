"""What a server's certificate says, from libcurl's reading of it. Pure."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

Field = tuple[bytes, bytes]
MOST_NAMES = 100  # a certificate of a large host names thousands


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The certificate of the final host, as it was served."""

    subject: str
    """Its distinguished name, such as ``CN = example.com``."""
    issuer: str
    expires_at: datetime | None
    starts_at: datetime | None
    names: tuple[str, ...]
    """The hosts that it is for: its subject alternative names, without their kinds."""
    chain: tuple[str, ...]
    """The subjects of the further certificates that were served with it, in that order."""


def certificate_of(chain: list[tuple[Field, ...]]) -> Certificate | None:
    """The leaf of *chain* (``CURLINFO_CERTINFO``); None where there is none."""
    if not chain:
        return None
    leaf = dict(chain[0])
    return Certificate(
        subject=_text(leaf, b"Subject"),
        issuer=_text(leaf, b"Issuer"),
        expires_at=_instant(_text(leaf, b"Expire date")),
        starts_at=_instant(_text(leaf, b"Start date")),
        names=_names(_text(leaf, b"X509v3 Subject Alternative Name")),
        chain=tuple(_text(dict(further), b"Subject") for further in chain[1:]),
    )


def _text(certificate: dict[bytes, bytes], name: bytes) -> str:
    """What stands there under *name*: whatever bytes the server put into it."""
    return certificate.get(name, b"").decode("utf-8", "replace")


@lru_cache(maxsize=4_096)  # strptime() takes as long as the rest of a check's end
def _instant(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=UTC)
    return None


def _names(text: str) -> tuple[str, ...]:
    names = (entry.strip().partition(":") for entry in text.split(",", MOST_NAMES)[:MOST_NAMES])
    return tuple(name.strip() for _kind, colon, name in names if colon)
