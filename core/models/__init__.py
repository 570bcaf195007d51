"""What is stored: the five core entities, what a browser saw beside the network, and what uptime is reckoned from."""

from core.models.base import Base, UtcDateTime
from core.models.console_message import ConsoleMessage
from core.models.coverage import CoverageSpan, WebsiteState
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
from core.models.maintenance_window import MaintenanceWindow
from core.models.monitor_check import MonitorCheck
from core.models.network_event import NetworkEvent
from core.models.search_index import INDEXES, attend
from core.models.session_artifact import SessionArtifact
from core.models.tag import Tag, WebsiteTag
from core.models.website import Website

for _index in INDEXES:
    attend(_index)

__all__ = [
    "ArtifactKind",
    "Base",
    "ConsoleMessage",
    "CoverageSpan",
    "DebugSession",
    "DebugSessionState",
    "DowntimeWindow",
    "HTTPMethod",
    "MaintenanceWindow",
    "MonitorCheck",
    "MonitorStatus",
    "NetworkEvent",
    "NetworkEventType",
    "SessionArtifact",
    "SessionTrigger",
    "Tag",
    "UtcDateTime",
    "Website",
    "WebsiteState",
    "WebsiteTag",
]
