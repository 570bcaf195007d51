"""Creates the demo's accounts, maintenance, notifications, status page and audit log."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import (
    AuditEvent,
    ChannelKind,
    DowntimeWindow,
    NotificationEvent,
    NotificationState,
    Role,
    Website,
)
from core.schemas import MaintenanceWindowCreate
from core.schemas.notification_channel import NotificationChannelCreate
from core.schemas.notification_rule import NotificationRuleCreate
from core.schemas.status_page import StatusGroup, StatusPageCreate
from core.sealing import Sealer
from core.services import (
    MaintenanceWindowCRUD,
    NotificationChannelCRUD,
    NotificationCRUD,
    NotificationRuleCRUD,
    StatusPageCRUD,
    TagCRUD,
    UserCRUD,
)

ACCOUNTS = (("alan", Role.ADMINISTRATOR), ("grace", Role.EDITOR), ("wallboard", Role.VIEWER))
SHOWN_TO_ALL = {
    "Shop": ("Storefront", "Checkout", "Search", "Docs"),
    "Behind it": ("Payments API", "Auth", "Mobile API", "Webhooks"),
}
"""The websites of the demo's status page, by group."""
ANSWERED = timedelta(seconds=2)  # between an event and the answer of the notification service
EVENTS = [NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.DEGRADED]


def add_staff(db: Session, *, now: datetime, port: int, sealer: Sealer) -> None:
    """Store everything; the webhook's target is the demo's site on *port*."""
    for name, role in ACCOUNTS:
        UserCRUD.create(db, name=name, role=role)
    websites = {website.name: website for website in db.scalars(select(Website))}
    _plan(db, websites, now)
    windows = db.scalars(select(DowntimeWindow).order_by(DowntimeWindow.started_at)).all()
    _add_notifications(db, windows, port, sealer)
    _show(db, websites)
    db.add_all(_done(websites, now))
    db.flush()


def _plan(db: Session, websites: Mapping[str, Website], now: datetime) -> None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    internal = TagCRUD.get_by_name(db, "internal")
    plans = (
        MaintenanceWindowCreate(
            name="Weekly updates",
            tag_id=internal.id if internal else None,
            starts_at=midnight - timedelta(days=70) + timedelta(hours=3),
            duration_seconds=3_600,
            recurrence="FREQ=WEEKLY",
        ),
        MaintenanceWindowCreate(
            name="Database upgrade",
            website_id=websites["Checkout"].id,
            starts_at=midnight + timedelta(days=2, hours=4),
            duration_seconds=5_400,
        ),
        MaintenanceWindowCreate(
            name="New disks",
            website_id=websites["Partner portal"].id,
            starts_at=now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=7),
            duration_seconds=4_800,
        ),
    )
    for plan in plans:
        MaintenanceWindowCRUD.create(db, plan)


def _add_notifications(db: Session, windows: Sequence[DowntimeWindow], port: int, sealer: Sealer) -> None:
    """Store a channel, a rule, and the notifications of past windows."""
    address = {"url": f"http://127.0.0.1:{port}/hooks/on-call"}
    channel = NotificationChannelCRUD.create(
        db, NotificationChannelCreate(name="On call", kind=ChannelKind.WEBHOOK, address=address), sealer
    )
    rule = NotificationRuleCRUD.create(
        db, NotificationRuleCreate(name="All failures", channel_id=channel.id, events=EVENTS)
    )
    rows = [
        {
            "key": f"{rule.id}:{window.id}:{event}",
            "channel_id": channel.id,
            "rule_id": rule.id,
            "website_id": window.website_id,
            "window_id": window.id,
            "event": event,
            "happened_at": at,
            "due_at": at,
            "state": NotificationState.SENT,
            "attempts": 1,
            "sent_at": at + ANSWERED,
            "answer": "200 OK",
        }
        for window in windows
        for event, at in ((NotificationEvent.DOWN, window.started_at), (NotificationEvent.UP, window.ended_at))
        if at is not None
    ]
    NotificationCRUD.add(db, rows)


def _show(db: Session, websites: Mapping[str, Website]) -> None:
    """Store the status page."""
    groups = [
        StatusGroup(name=name, website_ids=[websites[key].id for key in shown]) for name, shown in SHOWN_TO_ALL.items()
    ]
    words = "How our shop and all that stands behind it is doing."
    StatusPageCRUD.create(db, StatusPageCreate(slug="shop", title="Our shop", description=words, groups=groups), None)


def _done(websites: Mapping[str, Website], now: datetime) -> Iterator[AuditEvent]:
    """Yield the audit events."""
    acts = (
        (90.0, "user alan", "sign_in", None),
        (89.9, "user alan", "user.add", "user grace"),
        (60.0, "user grace", "website.change", "Search"),
        (24.0, "user grace", "website.add", "Intranet"),
        (6.4, "user alan", "maintenance.add", "Weekly updates"),
        (2.1, "user grace", "downtime_window.change", "Checkout"),
        (0.2, "nobody", "sign_in.fail", "user root"),
        (0.1, "user alan", "website.change", "Build server"),
    )
    for days, actor, action, subject in acts:
        website = websites.get(subject or "")
        yield AuditEvent(
            happened_at=now - timedelta(days=days),
            actor=actor,
            action=action,
            subject=f"website {website.id} ({website.name})" if website else subject,
            address="127.0.0.1",
        )
