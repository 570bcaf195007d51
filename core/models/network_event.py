"""One event on the browser's network. Events of the same exchange share its id."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, CreatedAt, MethodName
from core.models.enums import NetworkEventType

if TYPE_CHECKING:
    from core.models.debug_session import DebugSession


class NetworkEvent(CreatedAt, Base):
    __tablename__ = "network_events"
    __table_args__ = (
        Index(None, "debug_session_id", "timestamp"),  # a session's events in order
        Index(None, "event_type", "timestamp"),  # recent errors of all sessions
        Index(None, "debug_session_id", "exchange_id"),  # the details of an exchange
        # On PostgreSQL each partition has a primary key: `core.models.months`.
        PrimaryKeyConstraint("id").ddl_if(dialect="sqlite"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    debug_session_id: Mapped[int] = mapped_column(ForeignKey("debug_sessions.id", ondelete="CASCADE"))
    event_type: Mapped[NetworkEventType] = mapped_column(Enum(NetworkEventType, validate_strings=True))
    url: Mapped[str] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(MethodName)
    status_code: Mapped[int | None]
    request_headers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    """As sent on the wire, if known. Values of a repeated name are joined by a line feed, as in CDP."""
    response_headers: Mapped[dict[str, str] | None] = mapped_column(JSON)
    request_payload: Mapped[str | None] = mapped_column(Text)
    response_payload: Mapped[str | None] = mapped_column(Text)
    """Truncated to the session's limit; base64 if `response_payload_encoding` says so."""
    timestamp: Mapped[datetime]
    """The start of a REQUEST, or the end of any other event."""
    duration_ms: Mapped[float | None]
    """From the request's start, including queueing, to this event."""
    error_message: Mapped[str | None] = mapped_column(Text)
    """The browser's error as a sentence."""

    interruption: Mapped[str | None] = mapped_column(String(16))
    """A `core.models.Interruption`; None if the browser reported the end of the exchange."""
    exchange_id: Mapped[str | None] = mapped_column(String(80))
    """Connects a request with its answer. The next hop of a redirect has a new id."""
    redirected_from: Mapped[str | None] = mapped_column(String(80))
    """The exchange id of the hop before this one."""
    preflight_for: Mapped[str | None] = mapped_column(String(80))
    """The exchange id of the request that needed this CORS preflight."""
    resource_type: Mapped[str | None] = mapped_column(String(32))
    """CDP ``Network.ResourceType`` in lower case: document, stylesheet, script, xhr, fetch, websocket …"""
    status_text: Mapped[str | None] = mapped_column(String(255))
    mime_type: Mapped[str | None] = mapped_column(String(255))
    protocol: Mapped[str | None] = mapped_column(String(32))
    """ALPN name: http/1.1, h2, h3."""
    remote_address: Mapped[str | None] = mapped_column(String(64))
    """``address:port``, IPv6 in brackets."""
    connection_id: Mapped[str | None] = mapped_column(String(32))
    is_connection_reused: Mapped[bool | None]
    priority: Mapped[str | None] = mapped_column(String(16))
    """CDP ``Network.ResourcePriority``: VeryLow, Low, Medium, High, VeryHigh."""
    initiator: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """CDP ``Network.Initiator``: type, url, lineNumber, columnNumber, stack."""
    from_cache: Mapped[str | None] = mapped_column(String(16))
    """memory, disk, prefetch or service-worker; None for an answer from the network."""
    started_ms: Mapped[float | None]
    """The request's start in ms after the session's `started_at`, on one monotonic clock."""
    phases: Mapped[dict[str, float] | None] = mapped_column(JSON)
    """`core.debugging.waterfall.Phases`: ms of each phase that took place, in order of time."""
    encoded_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes on the wire, including headers (CDP ``encodedDataLength``)."""
    decoded_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes of the body after decompression."""
    request_payload_encoding: Mapped[str | None] = mapped_column(String(16))
    """None for text, ``base64`` for bytes."""
    response_payload_encoding: Mapped[str | None] = mapped_column(String(16))
    is_response_payload_truncated: Mapped[bool | None]
    response_payload_sha256: Mapped[str | None] = mapped_column(String(64))
    """The hash of the whole body, if only its start is stored."""
    target: Mapped[str | None] = mapped_column(String(32))
    """The source of the request: page, iframe, popup, worker, worklet, shared_worker, service_worker, browser."""
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Data for the details panel only: cookies, security, blocked reason, WebSocket frames."""

    month: Mapped[date | None]
    """The first day of its session's month, with which retention may delete it; None if it must be kept."""

    debug_session: Mapped["DebugSession"] = relationship(back_populates="network_events", lazy="raise_on_sql")

    def __repr__(self) -> str:
        return f"<NetworkEvent {self.id} {self.event_type} {self.exchange_id}>"
