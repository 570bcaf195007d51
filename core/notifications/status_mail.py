"""What subscribers of status pages are told, written in the transaction of the change that it tells of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.models import DowntimeWindow, StatusPage, StatusSubscriber, WindowUpdate
from core.services import StatusMailCRUD, StatusSubscriberCRUD

ROOT = "{root}"
"""Stands for the address of our pages, which whoever sends the mail knows."""


def ask(db: Session, subscriber: StatusSubscriber, page: StatusPage, now: datetime) -> None:
    """Write the mail by which somebody confirms that they want to be told."""
    link = f"{ROOT}/status/{page.slug}/confirm?token={subscriber.token}"
    text = (
        f"Somebody, we hope it was you, wants to be told of {page.title}. Confirm it here:\n{link}\n"
        "If it was not you, do nothing: no further mail will come."
    )
    key = f"ask:{subscriber.id}:{subscriber.asked_at.isoformat()}"
    StatusMailCRUD.add(db, [_row(key, subscriber, f"{page.title}: confirm your subscription", text, now)])


def announce_window(db: Session, website_id: int, window_id: int, *, is_over: bool, now: datetime) -> None:
    """Tell subscribers that a website is down, or back."""
    window = db.get(DowntimeWindow, window_id)
    rows = []
    for subscriber, page, website in StatusSubscriberCRUD.of_website(db, website_id):
        words = "is back" if is_over else "is down"
        text = f"{website.name} {words}. {_when(window, is_over=is_over)}\n{_foot(page, subscriber)}"
        key = f"{window_id}:{'up' if is_over else 'down'}:{subscriber.id}"
        rows.append(_row(key, subscriber, f"{page.title}: {website.name} {words}", text, now))
    StatusMailCRUD.add(db, rows)


def announce_update(db: Session, window: DowntimeWindow, written: WindowUpdate, now: datetime) -> None:
    """Tell subscribers what was written about a downtime window."""
    rows = []
    for subscriber, page, website in StatusSubscriberCRUD.of_website(db, window.website_id):
        subject = f"{page.title}: {website.name}, {written.stage}"
        text = f"{written.stage.capitalize()}: {written.text}\n{_foot(page, subscriber)}"
        rows.append(_row(f"update:{written.id}:{subscriber.id}", subscriber, subject, text, now))
    StatusMailCRUD.add(db, rows)


def forget(db: Session, subscribers: Sequence[StatusSubscriber]) -> None:
    """Forget subscribers with what was still to be sent to them."""
    for subscriber in subscribers:
        StatusSubscriberCRUD.delete(db, subscriber.page_id, subscriber.id)


def _when(window: DowntimeWindow | None, *, is_over: bool) -> str:
    if window is None:
        return ""
    if not is_over or window.ended_at is None:
        return f"Down since {window.started_at:%Y-%m-%d %H:%M} UTC."
    is_same_day = window.started_at.date() == window.ended_at.date()
    until = f"{window.ended_at:{'%H:%M' if is_same_day else '%Y-%m-%d %H:%M'}} UTC"
    return f"It was down from {window.started_at:%Y-%m-%d %H:%M} to {until}."


def leave_link(page: StatusPage, subscriber: StatusSubscriber) -> str:
    """The address at which *subscriber* leaves."""
    return f"{ROOT}/status/{page.slug}/unsubscribe?token={subscriber.token}"


def _foot(page: StatusPage, subscriber: StatusSubscriber) -> str:
    return f"{ROOT}/status/{page.slug}\n\nTo get no more of these mails: {leave_link(page, subscriber)}"


def _row(key: str, subscriber: StatusSubscriber, subject: str, text: str, now: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "subscriber_id": subscriber.id,
        "subject": subject[:512],
        "text": text,
        "due_at": now,
        "attempts": 0,
        "created_at": now,
    }
