"""Which masks a session's facts go through before they are kept, by its options and the settings."""

import contextlib
import logging
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.config import Settings
from core.debugging.redact import RedactionPolicy, redact_event, redact_message, redact_url, redact_value
from core.schemas.network_event import NetworkEventCreate
from core.schemas.session_options import SessionOptions

logger = logging.getLogger(__name__)

KEY_FILE = "redaction.key"
KEY_BYTES = 32  # as many as SHA-256 gives; RFC 2104 §3 advises no fewer


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks each kind of fact by one policy; without a policy everything stays as it is."""

    policy: RedactionPolicy | None

    def event(self, event: NetworkEventCreate) -> NetworkEventCreate:
        return redact_event(event, self.policy) if self.policy else event

    def text(self, text: str) -> str:
        return redact_message(text, self.policy) if self.policy else text

    def url(self, url: str) -> str:
        return redact_url(url, self.policy) if self.policy else url

    def stack(self, stack: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        return redact_value(stack, self.policy) if self.policy and stack else stack


def masks_for(options: SessionOptions, settings: Settings | None = None) -> Masks:
    """The masks of a session: none where an administrator switched redaction off."""
    if not options.is_redacted:
        return Masks(policy=None)
    names = settings.redact_names if settings else frozenset[str]()
    key = redaction_key(settings) if settings else b""
    return Masks(policy=RedactionPolicy(extra_names=frozenset(name.lower() for name in names), key=key))


def redaction_key(settings: Settings) -> bytes:
    """The key of the hashes that stand for secrets: WATCHWRIGHT_SECRET_KEY, else one made once in the data folder.

    Without a key, a PIN or a weak password could be found by hashing all candidates. Several machines that write
    to one store need the same WATCHWRIGHT_SECRET_KEY for equal secrets to be seen as equal.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    return _kept_key(settings.data_dir / KEY_FILE)


@lru_cache(maxsize=16)
def _kept_key(path: Path) -> bytes:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        logger.warning("no key can be kept for redaction; this process uses its own", extra={"error": str(error)})
        return secrets.token_bytes(KEY_BYTES)


def _make(path: Path) -> None:
    """Write a new key whole and then give it its name: of several processes one wins, and none reads half a key."""
    with tempfile.NamedTemporaryFile(dir=path.parent) as draft:
        draft.write(secrets.token_bytes(KEY_BYTES))
        draft.flush()
        with contextlib.suppress(FileExistsError):
            os.link(draft.name, path)
