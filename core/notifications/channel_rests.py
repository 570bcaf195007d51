"""Which channels are left alone for a while: as their service asks, or as more that is alike may come."""

from collections.abc import Collection
from datetime import datetime, timedelta

from core.models import NotificationEvent

TOGETHER = timedelta(seconds=30)
"""For so long after one of `GATHERED` was told others are gathered: websites of one server fail one by one."""
GATHERED = (NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.REMINDER)


class ChannelRests:
    """What one dispatcher remembers of its channels; nothing is lost with it but the rest."""

    def __init__(self) -> None:
        self._until: dict[int, datetime] = {}
        self._told: dict[tuple[int, NotificationEvent], datetime] = {}

    def begin(self, channel_id: int, until: datetime) -> None:
        """Its service wants to be left alone."""
        self._until[channel_id] = until

    def note(self, channel_id: int, event: NotificationEvent, now: datetime) -> None:
        """Something was told through the channel."""
        if event in GATHERED:
            self._told[channel_id, event] = now

    def resting(self, now: datetime) -> set[int]:
        """Channels through which nothing is sent."""
        self._until = {channel_id: until for channel_id, until in self._until.items() if now < until}
        return set(self._until)

    def gathering(self, now: datetime) -> Collection[tuple[int, NotificationEvent]]:
        """Events that wait for others of their kind, by channel; a clock that was set back ends it."""
        self._told = {key: told for key, told in self._told.items() if told <= now < told + TOGETHER}
        return self._told.keys()
