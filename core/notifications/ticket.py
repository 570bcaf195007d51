"""Tickets in the links of messages: whoever has one can acknowledge the message's failures for some days.

A ticket is sealed with the installation's key, so nobody else can create or change one.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import utc_at
from core.errors import StoreError
from core.sealing import PREFIX, Sealer

PURPOSE = "acknowledge"
LIFETIME = timedelta(days=7)  # long enough to acknowledge a failure; a mail that is found later opens nothing
MAX_WINDOWS = 100  # per ticket, so that mail programs and servers accept the link
MAX_CHARACTERS = 3_000  # enough for that many windows with large ids, and the longest channel name


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The permission that a link carries."""

    window_ids: tuple[int, ...]
    """The downtime windows that it can acknowledge."""
    channel: str
    """The name of the channel that it was sent through, which is all that is known about its holder."""


def issue(sealer: Sealer, ticket: Ticket, now: datetime) -> str:
    """Return *ticket* as text for a URL; valid until `LIFETIME` after *now*."""
    until = int((now + LIFETIME).timestamp())
    given = [PURPOSE, ticket.window_ids, ticket.channel, until]
    sealed = sealer.seal(json.dumps(given, separators=(",", ":"), ensure_ascii=False))
    return base64.urlsafe_b64encode(bytes.fromhex(sealed.removeprefix(PREFIX))).decode().rstrip("=")


def read(sealer: Sealer, text: str, now: datetime) -> Ticket | None:
    """Return the ticket issued as *text*; None if it is invalid or expired at *now*."""
    if len(text) > MAX_CHARACTERS:
        return None
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        given = json.loads(sealer.open(PREFIX + sealed.hex()))
    except (binascii.Error, ValueError, StoreError):
        return None
    if not isinstance(given, list) or len(given) != 4 or given[0] != PURPOSE:
        return None  # a sealed text for another purpose
    _purpose, window_ids, channel, until = given
    if now >= utc_at(until):
        return None
    ids = window_ids if isinstance(window_ids, list) else [window_ids]  # earlier versions sealed a single id
    return Ticket(window_ids=tuple(ids), channel=channel)
