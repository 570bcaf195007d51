"""Schemas for validated input and output. Each entity has Base, Create, Update, Read and ListResponse."""

from core.schemas.api_token import ApiTokenBase, ApiTokenCreate, ApiTokenListResponse, ApiTokenRead, Scope
from core.schemas.audit_event import AuditEventListResponse, AuditEventRead
from core.schemas.base import ListResponse, Schema, UtcInstant, explain, explain_each
from core.schemas.debug_session import (
    DebugSessionBase,
    DebugSessionCreate,
    DebugSessionListResponse,
    DebugSessionRead,
    DebugSessionUpdate,
    DebugSessionWithEvents,
)
from core.schemas.downtime_window import (
    DowntimeWindowBase,
    DowntimeWindowCreate,
    DowntimeWindowListResponse,
    DowntimeWindowRead,
    DowntimeWindowUpdate,
)
from core.schemas.finding import FindingBase, FindingCreate, FindingListResponse, FindingRead
from core.schemas.look import LookBase, LookCreate, LookListResponse, LookRead
from core.schemas.maintenance_window import (
    MaintenanceWindowBase,
    MaintenanceWindowCreate,
    MaintenanceWindowListResponse,
    MaintenanceWindowRead,
    MaintenanceWindowUpdate,
)
from core.schemas.monitor_check import (
    MonitorCheckBase,
    MonitorCheckCreate,
    MonitorCheckListResponse,
    MonitorCheckRead,
    MonitorCheckUpdate,
)
from core.schemas.network_event import (
    NetworkEventBase,
    NetworkEventCreate,
    NetworkEventListResponse,
    NetworkEventRead,
    NetworkEventUpdate,
)
from core.schemas.tag import TagCreate
from core.schemas.user import UserBase, UserCreate, UserListResponse, UserRead, UserUpdate
from core.schemas.website import (
    WebsiteBase,
    WebsiteCreate,
    WebsiteListed,
    WebsiteListResponse,
    WebsiteRead,
    WebsiteUpdate,
    WebsiteWithStats,
)

__all__ = [
    "ApiTokenBase",
    "ApiTokenCreate",
    "ApiTokenListResponse",
    "ApiTokenRead",
    "AuditEventListResponse",
    "AuditEventRead",
    "DebugSessionBase",
    "DebugSessionCreate",
    "DebugSessionListResponse",
    "DebugSessionRead",
    "DebugSessionUpdate",
    "DebugSessionWithEvents",
    "DowntimeWindowBase",
    "DowntimeWindowCreate",
    "DowntimeWindowListResponse",
    "DowntimeWindowRead",
    "DowntimeWindowUpdate",
    "FindingBase",
    "FindingCreate",
    "FindingListResponse",
    "FindingRead",
    "ListResponse",
    "LookBase",
    "LookCreate",
    "LookListResponse",
    "LookRead",
    "MaintenanceWindowBase",
    "MaintenanceWindowCreate",
    "MaintenanceWindowListResponse",
    "MaintenanceWindowRead",
    "MaintenanceWindowUpdate",
    "MonitorCheckBase",
    "MonitorCheckCreate",
    "MonitorCheckListResponse",
    "MonitorCheckRead",
    "MonitorCheckUpdate",
    "NetworkEventBase",
    "NetworkEventCreate",
    "NetworkEventListResponse",
    "NetworkEventRead",
    "NetworkEventUpdate",
    "Schema",
    "Scope",
    "TagCreate",
    "UserBase",
    "UserCreate",
    "UserListResponse",
    "UserRead",
    "UserUpdate",
    "UtcInstant",
    "WebsiteBase",
    "WebsiteCreate",
    "WebsiteListResponse",
    "WebsiteListed",
    "WebsiteRead",
    "WebsiteUpdate",
    "WebsiteWithStats",
    "explain",
    "explain_each",
]
