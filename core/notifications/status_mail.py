"""Writes the mails to subscribers of status pages, in the transaction of the change that they report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.models import DowntimeWindow, StatusMail, StatusPage, StatusSubscriber, WindowUpdate
from core.phrases import isolated, utc_minute
from core.services import StatusMailCRUD, StatusSubscriberCRUD

ROOT = "{root}"
"""A placeholder for the address of our pages, which the mailer knows."""
GATHER_TIME = timedelta(minutes=1)
"""After a mail, later ones of the same kind wait this long to be merged: websites of one server fail together."""
WORDS = {"down": "down", "up": "back"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowKey:
    """The key of a mail to one subscriber about the begin or the end of a downtime window."""

    window_id: int
    kind: str
    """``down`` or ``up``."""
    subscriber_id: int

    def __str__(self) -> str:
        return f"{self.window_id}:{self.kind}:{self.subscriber_id}"

    @classmethod
    def parse(cls, key: str) -> "WindowKey | None":
        """Parse the result of `str`; returns None for keys of other mails."""
        window_id, kind, *rest = key.split(":")
        return cls(window_id=int(window_id), kind=kind, subscriber_id=int(rest[0])) if kind in WORDS else None


def request_confirmation(db: Session, subscriber: StatusSubscriber, page: StatusPage, now: datetime) -> None:
    """Write the mail that asks a new subscriber to confirm the subscription."""
    link = f"{ROOT}/status/{page.slug}/confirm?token={subscriber.token}"
    text = (
        f"Somebody entered this address to get e-mails from {page.title}. To confirm the subscription, open:\n{link}\n"
        "If it was not you, ignore this e-mail. You will get no more."
    )
    key = f"ask:{subscriber.id}:{subscriber.asked_at.isoformat()}"
    StatusMailCRUD.add(db, [_row(key, subscriber, f"{page.title}: confirm your subscription", text, now)])


def announce_window(db: Session, website_id: int, window_id: int, *, is_over: bool, now: datetime) -> None:
    """Write mails to subscribers that a website is down or up again."""
    window = db.get(DowntimeWindow, window_id)
    kind = "up" if is_over else "down"
    recipients = StatusSubscriberCRUD.of_website(db, website_id)
    lately = StatusMailCRUD.written_in(
        db, [subscriber.id for subscriber, _page, _website in recipients], now - GATHER_TIME, now
    )
    rows = []
    for subscriber, page, website in recipients:
        words = f"{isolated(website.name)} is {WORDS[kind]}"
        text = f"{words}. {_downtime_text(window, is_over=is_over)}\n{_foot(page, subscriber)}"
        key = WindowKey(window_id=window_id, kind=kind, subscriber_id=subscriber.id)
        due_at = _due_at(key, lately.get(subscriber.id, []), now)
        rows.append(_row(str(key), subscriber, f"{page.title}: {words}", text, now) | {"due_at": due_at})
    StatusMailCRUD.add(db, rows)


def announce_update(db: Session, window: DowntimeWindow, written: WindowUpdate, now: datetime) -> None:
    """Write mails to subscribers with an update of a downtime window."""
    rows = []
    for subscriber, page, website in StatusSubscriberCRUD.of_website(db, window.website_id):
        subject = f"{page.title}: {isolated(website.name)}, {written.stage}"
        text = f"{written.stage.capitalize()}: {written.text}\n{_foot(page, subscriber)}"
        rows.append(_row(f"update:{written.id}:{subscriber.id}", subscriber, subject, text, now))
    StatusMailCRUD.add(db, rows)


def merged(page: StatusPage, mails: Sequence[StatusMail]) -> tuple[str, str]:
    """Return the subject and text of one mail that replaces *mails* of one kind to one subscriber."""
    first = mails[0]
    if len(mails) == 1:
        return first.subject, first.text
    sentences = [mail.text.partition("\n")[0] for mail in mails]
    subject = f"{page.title}: {len(mails)} websites are {WORDS[kind_of(first.key)]}"
    return subject[:512], "\n".join([*sentences, first.text.partition("\n")[2]])


def kind_of(key: str) -> str:
    """Return ``down`` or ``up``, whose mails to one subscriber may be merged; other mails have their key as kind."""
    of_window = WindowKey.parse(key)
    return of_window.kind if of_window else key


def forget(db: Session, subscribers: Sequence[StatusSubscriber]) -> None:
    """Delete subscribers together with their unsent mails."""
    for subscriber in subscribers:
        StatusSubscriberCRUD.delete(db, subscriber.page_id, subscriber.id)


def _due_at(key: WindowKey, lately: Sequence[StatusMail], now: datetime) -> datetime:
    """Return when a mail is due: at once, or with recent ones of its kind, but never before its failure's mail."""
    others = [(mail, other) for mail in lately if (other := WindowKey.parse(mail.key)) is not None]
    is_gathered = any(other.kind == key.kind for _mail, other in others)
    waiting = [
        (mail, other) for mail, other in others if mail.sent_at is None and now < mail.due_at <= now + GATHER_TIME
    ]
    shared = [mail.due_at for mail, other in waiting if other.kind == key.kind]
    failure = [mail.due_at for mail, other in waiting if other.window_id == key.window_id]
    return max([min(shared, default=now + GATHER_TIME if is_gathered else now), *failure])


def _downtime_text(window: DowntimeWindow | None, *, is_over: bool) -> str:
    if window is None:
        return ""
    if not is_over or window.ended_at is None:
        return f"Down since {utc_minute(window.started_at)}."
    is_same_day = window.started_at.date() == window.ended_at.date()
    until = f"{window.ended_at:{'%H:%M' if is_same_day else '%Y-%m-%d %H:%M'}} UTC"
    return f"It was down from {window.started_at:%Y-%m-%d %H:%M} to {until}."


def unsubscribe_link(page: StatusPage, subscriber: StatusSubscriber) -> str:
    """Return the address at which *subscriber* can unsubscribe."""
    return f"{ROOT}/status/{page.slug}/unsubscribe?token={subscriber.token}"


def _foot(page: StatusPage, subscriber: StatusSubscriber) -> str:
    return f"{ROOT}/status/{page.slug}\n\nUnsubscribe: {unsubscribe_link(page, subscriber)}"


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
