"""The heartbeat bar: a website's last checks as one element."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from nicegui.element import Element

from core.models import MonitorCheck
from core.phrases import counted
from dashboard import theme
from dashboard.format import milliseconds


class HeartbeatBar(Element, component="heartbeat_bar.js"):
    """The bar of *checks*, oldest first, aligned to the right of *slots* places."""

    def __init__(self, checks: Sequence[MonitorCheck], *, slots: int) -> None:
        super().__init__()
        self._sent = _beats(checks)
        self._props["first"] = self._sent
        self._props["slots"] = slots
        self._props["words"] = summary(checks)

    def show(self, checks: Sequence[MonitorCheck]) -> None:
        """Show other checks."""
        beats = _beats(checks)
        if beats != self._sent:
            self._sent = beats
            self.run_method("show", beats, summary(checks))


def summary(checks: Sequence[MonitorCheck]) -> str:
    """Describe the bar in words."""
    if not checks:
        return "No checks yet"
    counts = Counter(theme.STATUS_WORDS[check.status].lower() for check in checks)
    return f"Last {counted(len(checks), 'check')}: " + ", ".join(f"{count} {word}" for word, count in counts.items())


def _beats(checks: Sequence[MonitorCheck]) -> list[dict[str, Any]]:
    return [
        {
            "at": check.checked_at.isoformat(),
            "status": str(check.status),
            "words": ", ".join(filter(None, (theme.STATUS_WORDS[check.status], _found(check)))),
        }
        for check in checks
    ]


def _found(check: MonitorCheck) -> str:
    if check.error_message:
        return check.error_message[:200]
    return milliseconds(check.response_time_ms) if check.response_time_ms is not None else ""
