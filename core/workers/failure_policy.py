"""What happens while a website fails: how sure we want to be, how soon it is asked again, and who else is asked."""

from dataclasses import dataclass, field

from core.config import Settings
from core.monitoring.downtime import Confirmation


@dataclass(frozen=True, slots=True, kw_only=True)
class FailurePolicy:
    """As settings say, or as is usual."""

    confirmation: Confirmation = field(default_factory=Confirmation)
    retry_seconds: float = 5.0
    """A website that fails is checked again so soon, until it is back."""
    canaries: tuple[str, ...] = ()
    """URLs that are asked when a website fails: while none of them answers, it is our own network that failed."""

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
