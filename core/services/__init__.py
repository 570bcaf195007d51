"""All SQL: a class of static methods for each entity, each given a `Session` first."""

from core.services.debug_session import DebugSessionCRUD
from core.services.downtime_window import DowntimeWindowCRUD
from core.services.maintenance_window import MaintenanceWindowCRUD
from core.services.monitor_check import MonitorCheckCRUD
from core.services.network_event import NetworkEventCRUD
from core.services.tag import TagCRUD
from core.services.website import WebsiteCRUD

__all__ = [
    "DebugSessionCRUD",
    "DowntimeWindowCRUD",
    "MaintenanceWindowCRUD",
    "MonitorCheckCRUD",
    "NetworkEventCRUD",
    "TagCRUD",
    "WebsiteCRUD",
]
