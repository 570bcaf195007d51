"""What is stored: the five core entities, what a browser saw beside the network, what evidence shows, what uptime is
reckoned from, and who may see and do what.
"""

from core.models.api_token import ApiToken
from core.models.audit_event import AuditEvent
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
    Role,
    SessionTrigger,
)
from core.models.finding import Finding
from core.models.look import Look
from core.models.maintenance_window import MaintenanceWindow
from core.models.monitor_check import MonitorCheck
from core.models.network_event import NetworkEvent
from core.models.search_index import INDEXES, attend
from core.models.session_artifact import SessionArtifact
from core.models.tag import Tag, WebsiteTag
from core.models.user import SignIn, SignInFailure, User
from core.models.website import Website

for _index in INDEXES:
    attend(_index)

__all__ = [
    "ApiToken",
    "ArtifactKind",
    "AuditEvent",
    "Base",
    "ConsoleMessage",
    "CoverageSpan",
    "DebugSession",
    "DebugSessionState",
    "DowntimeWindow",
    "Finding",
    "HTTPMethod",
    "Look",
    "MaintenanceWindow",
    "MonitorCheck",
    "MonitorStatus",
    "NetworkEvent",
    "NetworkEventType",
    "Role",
    "SessionArtifact",
    "SessionTrigger",
    "SignIn",
    "SignInFailure",
    "Tag",
    "User",
    "UtcDateTime",
    "Website",
    "WebsiteState",
    "WebsiteTag",
]
