"""The tables of the store: the five core entities, evidence, known time, rollups, accounts and notifications."""

from core.models import months, website_days
from core.models.api_token import ApiToken
from core.models.audit_event import AuditEvent
from core.models.base import Base, UtcDateTime
from core.models.check_schedule import CheckSchedule
from core.models.console_message import ConsoleMessage
from core.models.coverage import CoverageSpan, WebsiteState
from core.models.debug_session import DebugSession
from core.models.downtime_window import DowntimeWindow
from core.models.enums import (
    ArtifactKind,
    ChannelKind,
    DebugSessionState,
    HTTPMethod,
    Interruption,
    MonitorStatus,
    NetworkEventType,
    NotificationEvent,
    NotificationState,
    Role,
    SessionTrigger,
)
from core.models.finding import Finding
from core.models.flapping import FlappingSpan
from core.models.look import Look
from core.models.maintenance_window import MaintenanceWindow
from core.models.monitor_check import MonitorCheck
from core.models.monthly_report import MonthlyReport
from core.models.network_event import NetworkEvent
from core.models.notification import Notification
from core.models.notification_channel import NotificationChannel
from core.models.notification_episode import NotificationEpisode
from core.models.notification_rule import NotificationRule
from core.models.open_incident import OpenIncident
from core.models.pause import Pause
from core.models.preference import Preference
from core.models.region import Region, RegionState
from core.models.report_delivery import ReportDelivery
from core.models.rollup import Rollup, RollupDay, RollupHour, RollupMinute
from core.models.search_index import INDEXES, attend
from core.models.session_artifact import SessionArtifact
from core.models.status_page import (
    StatusMail,
    StatusPage,
    StatusPageEntry,
    StatusPageTag,
    StatusSubscriber,
    WindowUpdate,
)
from core.models.tag import Tag, WebsiteTag
from core.models.user import SignIn, SignInFailure, User
from core.models.website import Website
from core.models.website_fault import WebsiteFault

for _index in INDEXES:
    attend(_index)
for _table in (months.TABLE, months.EVENTS):
    months.attend(Base.metadata.tables[_table])
website_days.attend(Base.metadata)

__all__ = [
    "ApiToken",
    "ArtifactKind",
    "AuditEvent",
    "Base",
    "ChannelKind",
    "CheckSchedule",
    "ConsoleMessage",
    "CoverageSpan",
    "DebugSession",
    "DebugSessionState",
    "DowntimeWindow",
    "Finding",
    "FlappingSpan",
    "HTTPMethod",
    "Interruption",
    "Look",
    "MaintenanceWindow",
    "MonitorCheck",
    "MonitorStatus",
    "MonthlyReport",
    "NetworkEvent",
    "NetworkEventType",
    "Notification",
    "NotificationChannel",
    "NotificationEpisode",
    "NotificationEvent",
    "NotificationRule",
    "NotificationState",
    "OpenIncident",
    "Pause",
    "Preference",
    "Region",
    "RegionState",
    "ReportDelivery",
    "Role",
    "Rollup",
    "RollupDay",
    "RollupHour",
    "RollupMinute",
    "SessionArtifact",
    "SessionTrigger",
    "SignIn",
    "SignInFailure",
    "StatusMail",
    "StatusPage",
    "StatusPageEntry",
    "StatusPageTag",
    "StatusSubscriber",
    "Tag",
    "User",
    "UtcDateTime",
    "Website",
    "WebsiteFault",
    "WebsiteState",
    "WebsiteTag",
    "WindowUpdate",
]
