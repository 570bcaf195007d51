"""Which masks a session's facts go through before they are kept, by its options and the settings."""

from dataclasses import dataclass
from typing import Any

from core.config import Settings
from core.debugging.redact import RedactionPolicy, redact_body, redact_event, redact_url, redact_value
from core.schemas.network_event import NetworkEventCreate
from core.schemas.session_options import SessionOptions


@dataclass(frozen=True, slots=True)
class Masks:
    """Masks each kind of fact by one policy; without a policy everything stays as it is."""

    policy: RedactionPolicy | None

    def event(self, event: NetworkEventCreate) -> NetworkEventCreate:
        return redact_event(event, self.policy) if self.policy else event

    def text(self, text: str) -> str:
        return redact_body(text, self.policy) if self.policy else text

    def url(self, url: str) -> str:
        return redact_url(url, self.policy) if self.policy else url

    def stack(self, stack: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        return redact_value(stack, self.policy) if self.policy and stack else stack


def masks_for(options: SessionOptions, settings: Settings | None = None) -> Masks:
    """The masks of a session: none where an administrator switched redaction off."""
    if not options.is_redacted:
        return Masks(policy=None)
    names = settings.redact_names if settings else frozenset[str]()
    secret = settings.secret_key if settings else None
    return Masks(
        policy=RedactionPolicy(
            extra_names=frozenset(name.lower() for name in names),
            key=secret.get_secret_value().encode() if secret else b"",
        )
    )
