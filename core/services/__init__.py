"""All SQL. Each entity has a class of static methods that take a `Session` first."""

from core.services.api_token import ApiTokenCRUD
from core.services.audit_event import AuditEventCRUD
from core.services.debug_session import DebugSessionCRUD
from core.services.downtime_window import DowntimeWindowCRUD
from core.services.finding import FindingCRUD
from core.services.look import LookCRUD
from core.services.maintenance_window import MaintenanceWindowCRUD
from core.services.monitor_check import MonitorCheckCRUD
from core.services.monthly_report import MonthlyReportCRUD, ReportDeliveryCRUD
from core.services.network_event import NetworkEventCRUD
from core.services.notification import NotificationCRUD
from core.services.notification_channel import NotificationChannelCRUD
from core.services.notification_episode import NotificationEpisodeCRUD
from core.services.notification_rule import NotificationRuleCRUD
from core.services.open_incident import OpenIncidentCRUD
from core.services.preference import PreferenceCRUD
from core.services.sign_in import SignInCRUD, SignInFailureCRUD
from core.services.status_mail import StatusMailCRUD, StatusSubscriberCRUD
from core.services.status_page import StatusPageCRUD, WindowUpdateCRUD
from core.services.tag import TagCRUD
from core.services.user import UserCRUD
from core.services.website import WebsiteCRUD
from core.services.website_fault import WebsiteFaultCRUD

__all__ = [
    "ApiTokenCRUD",
    "AuditEventCRUD",
    "DebugSessionCRUD",
    "DowntimeWindowCRUD",
    "FindingCRUD",
    "LookCRUD",
    "MaintenanceWindowCRUD",
    "MonitorCheckCRUD",
    "MonthlyReportCRUD",
    "NetworkEventCRUD",
    "NotificationCRUD",
    "NotificationChannelCRUD",
    "NotificationEpisodeCRUD",
    "NotificationRuleCRUD",
    "OpenIncidentCRUD",
    "PreferenceCRUD",
    "ReportDeliveryCRUD",
    "SignInCRUD",
    "SignInFailureCRUD",
    "StatusMailCRUD",
    "StatusPageCRUD",
    "StatusSubscriberCRUD",
    "TagCRUD",
    "UserCRUD",
    "WebsiteCRUD",
    "WebsiteFaultCRUD",
    "WindowUpdateCRUD",
]
