"""Chooses the masks for a session's facts from its options and the settings."""

import logging
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.config import Settings
from core.debugging.redact import RedactionPolicy, redact_event, redact_fields, redact_message, redact_url, redact_value
from core.debugging.redaction.traces import mask_trace
from core.models import ArtifactKind
from core.schemas.network_event import NetworkEventCreate
from core.schemas.session_options import SessionOptions
from core.sealing import KEY_BYTES, kept_key

logger = logging.getLogger(__name__)

KEY_FILE = "redaction.key"


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks each kind of fact with one policy; without a policy all facts stay unchanged."""

    policy: RedactionPolicy | None

    def event(self, event: NetworkEventCreate) -> NetworkEventCreate:
        return redact_event(event, self.policy) if self.policy else event

    def fields(self, values: dict[str, Any]) -> dict[str, Any]:
        """Mask some fields of a network event."""
        return redact_fields(values, self.policy) if self.policy else values

    def text(self, text: str) -> str:
        """Mask a message or title, and replace NUL, which PostgreSQL rejects in text."""
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return redact_message(text, self.policy) if self.policy else text

    def artifact(self, values: dict[str, Any]) -> dict[str, Any]:
        """Mask the fields of an artifact: only a trace contains secrets, because it repeats the events."""
        if self.policy is None or values["kind"] is not ArtifactKind.TRACE:
            return values
        data = mask_trace(values["data"], self.policy)
        return values | {"data": data, "size_bytes": len(data)}

    def url(self, url: str) -> str:
        return redact_url(url, self.policy) if self.policy else url

    def stack(self, stack: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        return redact_value(stack, self.policy) if self.policy and stack else stack


def masks_for(options: SessionOptions, settings: Settings) -> Masks:
    """Return the masks for a session; they mask nothing if an administrator disabled redaction for it."""
    if not options.is_redacted:
        return Masks(policy=None)
    names = frozenset(name.lower() for name in settings.redact_names)
    return Masks(policy=RedactionPolicy(extra_names=names, key=redaction_key(settings)))


def redaction_key(settings: Settings) -> bytes:
    """Return the key for the hashes in masks: WATCHWRIGHT_SECRET_KEY, or a key created once in the data folder.

    Without a key, anybody could find a PIN or weak password by hashing all candidates. Machines that share a store
    need the same WATCHWRIGHT_SECRET_KEY, so that equal secrets get equal masks.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    try:
        return kept_key(settings.data_dir / KEY_FILE)
    except OSError as error:
        logger.warning(
            "the redaction key cannot be stored; this process uses a temporary one", extra={"error": str(error)}
        )
        return _own_key()


@cache
def _own_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)
