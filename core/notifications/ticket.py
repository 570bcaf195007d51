"""Tickets in the links of messages: whoever holds one may take up what that told of, for some days, and nothing else.

A ticket is sealed with the key of the installation, so that it can neither be made nor altered elsewhere.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.errors import StoreError
from core.sealing import PREFIX, Sealer

PURPOSE = "acknowledge"
LIFETIME = timedelta(days=7)  # longer than a failure waits for somebody; a mail that is found later opens nothing
MOST_WINDOWS = 100  # of one ticket, so that its link stays one that mailboxes and servers take
MOST_CHARACTERS = 3_000  # of so many windows with the longest of numbers, and the longest of names


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link allows."""

    window_ids: tuple[int, ...]
    """The downtime windows that its message told of."""
    channel: str
    """The name of the channel by which it was sent: all that is known of who holds it."""


def issue(sealer: Sealer, ticket: Ticket, now: datetime) -> str:
    """*ticket* as text that fits a URL; good until `LIFETIME` after *now*."""
    until = int((now + LIFETIME).timestamp())
    given = [PURPOSE, ticket.window_ids, ticket.channel, until]
    sealed = sealer.seal(json.dumps(given, separators=(",", ":"), ensure_ascii=False))
    return base64.urlsafe_b64encode(bytes.fromhex(sealed.removeprefix(PREFIX))).decode().rstrip("=")


def read(sealer: Sealer, text: str, now: datetime) -> Ticket | None:
    """The ticket that was issued as *text*; None where it was not, or is too old by *now*."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        given = json.loads(sealer.open(PREFIX + sealed.hex()))
    except (binascii.Error, ValueError, StoreError):
        return None
    if not isinstance(given, list) or len(given) != 4 or given[0] != PURPOSE:
        return None  # sealed by us for something else
    _purpose, window_ids, channel, until = given
    if now >= datetime.fromtimestamp(until, UTC):
        return None
    ids = window_ids if isinstance(window_ids, list) else [window_ids]  # one, as earlier versions sealed it
    return Ticket(window_ids=tuple(ids), channel=channel)
