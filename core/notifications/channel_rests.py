"""Which channels are left alone for a while, as their service asks."""

from datetime import datetime


class ChannelRests:
    """What one dispatcher remembers of its channels; nothing is lost with it but the rest."""

    def __init__(self) -> None:
        self._until: dict[int, datetime] = {}

    def begin(self, channel_id: int, until: datetime) -> None:
        """Its service wants to be left alone."""
        self._until[channel_id] = until

    def resting(self, now: datetime) -> set[int]:
        """Channels through which nothing is sent."""
        self._until = {channel_id: until for channel_id, until in self._until.items() if now < until}
        return set(self._until)
