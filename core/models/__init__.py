"""What is stored: the five core entities, and what a browser saw beside the network."""

from core.models.base import Base, UtcDateTime
from core.models.console_message import ConsoleMessage
from core.models.debug_session import DebugSession
from core.models.downtime_window import DowntimeWindow
from core.models.enums import (
    ArtifactKind,
    DebugSessionState,
    HTTPMethod,
    MonitorStatus,
    NetworkEventType,
    SessionTrigger,
)
from core.models.monitor_check import MonitorCheck
from core.models.network_event import NetworkEvent
from core.models.session_artifact import SessionArtifact
from core.models.website import Website

__all__ = [
    "ArtifactKind",
    "Base",
    "ConsoleMessage",
    "DebugSession",
    "DebugSessionState",
    "DowntimeWindow",
    "HTTPMethod",
    "MonitorCheck",
    "MonitorStatus",
    "NetworkEvent",
    "NetworkEventType",
    "SessionArtifact",
    "SessionTrigger",
    "UtcDateTime",
    "Website",
]
