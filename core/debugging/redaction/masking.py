"""Which masks a session's facts go through before they are kept, by its options and the settings."""

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
    """Masks each kind of fact by one policy; without a policy everything stays as it is."""

    policy: RedactionPolicy | None

    def event(self, event: NetworkEventCreate) -> NetworkEventCreate:
        return redact_event(event, self.policy) if self.policy else event

    def fields(self, values: dict[str, Any]) -> dict[str, Any]:
        """Some fields of a network event, by name."""
        return redact_fields(values, self.policy) if self.policy else values

    def text(self, text: str) -> str:
        """A message or a title; without NUL, which PostgreSQL takes for no text."""
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return redact_message(text, self.policy) if self.policy else text

    def artifact(self, values: dict[str, Any]) -> dict[str, Any]:
        """The fields of a picture or a file: a trace holds once more what the events do."""
        if self.policy is None or values["kind"] is not ArtifactKind.TRACE:
            return values
        data = mask_trace(values["data"], self.policy)
        return values | {"data": data, "size_bytes": len(data)}

    def url(self, url: str) -> str:
        return redact_url(url, self.policy) if self.policy else url

    def stack(self, stack: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        return redact_value(stack, self.policy) if self.policy and stack else stack


def masks_for(options: SessionOptions, settings: Settings) -> Masks:
    """The masks of a session: none where an administrator switched redaction off."""
    if not options.is_redacted:
        return Masks(policy=None)
    names = frozenset(name.lower() for name in settings.redact_names)
    return Masks(policy=RedactionPolicy(extra_names=names, key=redaction_key(settings)))


def redaction_key(settings: Settings) -> bytes:
    """The key of the hashes that stand for secrets: WATCHWRIGHT_SECRET_KEY, else one made once in the data folder.

    Without a key, a PIN or a weak password could be found by hashing all candidates. Several machines that write
    to one store need the same WATCHWRIGHT_SECRET_KEY for equal secrets to be seen as equal.
    """
    if settings.secret_key:
        return settings.secret_key.get_secret_value().encode()
    try:
        return kept_key(settings.data_dir / KEY_FILE)
    except OSError as error:
        logger.warning("no key can be kept for redaction; this process uses its own", extra={"error": str(error)})
        return _own_key()


@cache
def _own_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)
