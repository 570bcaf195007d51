"""All SQL about subscribers of status pages and their mails."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from core.models import (
    NotificationChannel,
    StatusMail,
    StatusPage,
    StatusSubscriber,
    Website,
)
from core.services.bulk import insert_new
from core.services.prepared import rows_of
from core.services.rows import add_row, delete_row, page_of
from core.services.status_groups import pages_of

MAX_WAIT = timedelta(hours=2)  # longer than any delay of the next attempt

_mails = StatusMail.__table__
_NEXT_DUE = select(func.min(_mails.c.due_at)).where(_mails.c.sent_at.is_(None), _mails.c.attempts < bindparam("most"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMail:
    """A mail with what is needed to send it."""

    mail: StatusMail
    subscriber: StatusSubscriber
    page: StatusPage
    channel: NotificationChannel | None


class StatusSubscriberCRUD:
    """Create, confirm, read and delete subscribers."""

    @staticmethod
    def ask(db: Session, page_id: int, email: str, now: datetime, *, again_after: timedelta) -> StatusSubscriber | None:
        """Create a subscriber; None if *email* is subscribed already or was asked to confirm recently."""
        query = select(StatusSubscriber).where(StatusSubscriber.page_id == page_id, StatusSubscriber.email == email)
        there = db.scalar(query)
        if there is None:
            there = StatusSubscriber(
                page_id=page_id, email=email, token=secrets.token_urlsafe(32), asked_at=now, created_at=now
            )
            return add_row(db, there)
        if there.confirmed_at is not None or now - there.asked_at < again_after:
            return None
        there.asked_at = now
        return there

    @staticmethod
    def asked_since(db: Session, page_id: int, moment: datetime) -> int:
        """Return the number of unconfirmed addresses that were entered since *moment*."""
        query = select(func.count(StatusSubscriber.id)).where(
            StatusSubscriber.page_id == page_id,
            StatusSubscriber.confirmed_at.is_(None),
            StatusSubscriber.asked_at >= moment,
        )
        return db.scalar(query) or 0

    @staticmethod
    def get_by_token(db: Session, token: str) -> StatusSubscriber | None:
        if "\0" in token:  # PostgreSQL refuses to look for it
            return None
        return db.scalar(select(StatusSubscriber).where(StatusSubscriber.token == token))

    @staticmethod
    def get_by_page(db: Session, page_id: int, skip: int, limit: int) -> tuple[list[StatusSubscriber], int]:
        """Return a page of a status page's subscribers, by address, and the total."""
        query = select(StatusSubscriber).where(StatusSubscriber.page_id == page_id).order_by(StatusSubscriber.email)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def count_confirmed(db: Session, page_id: int) -> int:
        """Return the number of confirmed subscribers of a page."""
        confirmed = (StatusSubscriber.page_id == page_id, StatusSubscriber.confirmed_at.is_not(None))
        return db.scalar(select(func.count()).select_from(StatusSubscriber).where(*confirmed)) or 0

    @staticmethod
    def delete(db: Session, page_id: int, subscriber_id: int) -> bool:
        """Delete a subscriber; returns False if the page has no such subscriber."""
        there = db.get(StatusSubscriber, subscriber_id)
        return delete_row(db, there if there is not None and there.page_id == page_id else None)

    @staticmethod
    def of_website(db: Session, website_id: int) -> list[tuple[StatusSubscriber, StatusPage, Website]]:
        """Return the confirmed subscribers of all published pages that show a website."""
        query = (
            select(StatusSubscriber, StatusPage, Website)
            .join(StatusPage, StatusPage.id == StatusSubscriber.page_id)
            .join(Website, Website.id == website_id)
            .where(
                StatusPage.id.in_(pages_of(website_id)),
                StatusSubscriber.confirmed_at.is_not(None),
                StatusPage.is_published,
                StatusPage.channel_id.is_not(None),
            )
            .order_by(StatusSubscriber.id)
        )
        return [(subscriber, page, website) for subscriber, page, website in db.execute(query)]


class StatusMailCRUD:
    """The outbox of mails to subscribers."""

    @staticmethod
    def add(db: Session, rows: Sequence[dict[str, Any]]) -> None:
        """Add mails whose keys are new."""
        insert_new(db, StatusMail, rows)

    @staticmethod
    def written_in(
        db: Session, subscriber_ids: Sequence[int], since: datetime, until: datetime
    ) -> dict[int, list[StatusMail]]:
        """Return the mails written after *since* and by *until*, by subscriber."""
        query = select(StatusMail).where(
            StatusMail.subscriber_id.in_(subscriber_ids),
            StatusMail.created_at > since,
            StatusMail.created_at <= until,
        )
        written: dict[int, list[StatusMail]] = {}
        for mail in db.scalars(query) if subscriber_ids else ():
            written.setdefault(mail.subscriber_id, []).append(mail)
        return written

    @staticmethod
    def lease(db: Session, now: datetime, until: datetime, limit: int, max_attempts: int) -> list[DueMail]:
        """Lease up to *limit* due mails; commit before sending."""
        ((next_due,),) = rows_of(db, _NEXT_DUE, most=max_attempts)
        if next_due is None or (next_due > now and not StatusMailCRUD._correct_due_times(db, now)):
            return []  # the usual case
        free = StatusMail.leased_until.is_(None) | (StatusMail.leased_until <= now)
        due = (
            select(StatusMail.id)
            .where(StatusMail.sent_at.is_(None), StatusMail.due_at <= now, StatusMail.attempts < max_attempts, free)
            .order_by(StatusMail.due_at, StatusMail.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list(db.scalars(due))
        if not ids:
            return []
        db.execute(
            update(StatusMail)
            .where(StatusMail.id.in_(ids), free)
            .values(leased_until=until, attempts=StatusMail.attempts + 1)
        )
        query = (
            select(StatusMail, StatusSubscriber, StatusPage, NotificationChannel)
            .join(StatusSubscriber, StatusSubscriber.id == StatusMail.subscriber_id)
            .join(StatusPage, StatusPage.id == StatusSubscriber.page_id)
            .outerjoin(NotificationChannel, NotificationChannel.id == StatusPage.channel_id)
            .where(StatusMail.id.in_(ids), StatusMail.leased_until == until)
            .order_by(StatusMail.id)
            .execution_options(populate_existing=True)
        )
        return [
            DueMail(mail=mail, subscriber=subscriber, page=page, channel=channel)
            for mail, subscriber, page, channel in db.execute(query)
        ]

    @staticmethod
    def _correct_due_times(db: Session, now: datetime) -> bool:
        """Make mails due that a fast clock postponed too far; returns whether there were any."""
        put_off = update(StatusMail).where(StatusMail.sent_at.is_(None), StatusMail.due_at > now + MAX_WAIT)
        return bool(db.scalars(put_off.values(due_at=now, leased_until=None).returning(StatusMail.id)).all())

    @staticmethod
    def renew(db: Session, mail_id: int, leased_until: datetime, until: datetime) -> bool:
        """Extend the lease of a mail; False if it expired, so that another process may have it."""
        renewed = update(StatusMail).where(StatusMail.id == mail_id, StatusMail.leased_until == leased_until)
        return db.scalar(renewed.values(leased_until=until).returning(StatusMail.id)) is not None

    @staticmethod
    def finish(
        db: Session, mail_id: int, leased_until: datetime, *, answer: str, due_at: datetime, sent_at: datetime | None
    ) -> None:
        """Store the result of a mail, unless its lease expired and another process has it."""
        db.execute(
            update(StatusMail)
            .where(StatusMail.id == mail_id, StatusMail.leased_until == leased_until)
            .values(leased_until=None, answer=answer, due_at=due_at, sent_at=sent_at)
        )
