"""The settings for failing websites: confirmation, retry interval and canaries."""

from dataclasses import dataclass, field

from core.config import Settings
from core.monitoring.downtime import Confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class FailurePolicy:
    """How failures are confirmed. The defaults match the settings' defaults."""

    confirmation: Confirmation = field(default_factory=Confirmation)
    retry_seconds: float = 5.0
    """The interval of checks while a website fails."""
    canaries: tuple[str, ...] = ()
    """URLs that are probed when a website fails. If none of them answers, our own network failed."""

    @classmethod
    def of(cls, settings: Settings) -> "FailurePolicy":
        return cls(
            confirmation=Confirmation(
                retries=settings.down_retries,
                recoveries=settings.up_confirmations,
                flapping_changes=settings.flapping_changes,
            ),
            retry_seconds=settings.retry_seconds,
            canaries=tuple(sorted(settings.canaries)),
        )
