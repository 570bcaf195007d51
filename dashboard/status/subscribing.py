"""Handles subscriptions to a status page by e-mail, which are open to everybody."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.errors import InvalidInput, NotFound
from core.models import StatusSubscriber
from core.notifications import status_mail
from core.schemas.status_page import Subscription
from core.services import StatusPageCRUD, StatusSubscriberCRUD

AGAIN_AFTER = timedelta(minutes=10)  # between two confirmation mails to the same address
AN_HOUR = timedelta(hours=1)
MAX_ASKED = 100  # confirmation mails per page and hour, so that nobody can send mail floods through us


async def subscribe(slug: str, email: str) -> None:
    """Send a confirmation mail for the page at *slug* to *email*.

    Raises:
        InvalidInput: *email* is not an address, or too many addresses were entered recently.
        NotFound: The page does not exist or has no subscriptions.
    """
    data = Subscription.checked({"email": email.strip().lower()})
    await in_session(_subscribe, slug, data.email)


async def confirm(slug: str, token: str) -> bool:
    """Confirm a subscription. Return False if the token is unknown."""
    return await in_session(_confirm, slug, token)


async def unsubscribe(slug: str, token: str) -> None:
    """Delete a subscription; an unknown token is ignored."""
    await in_session(_unsubscribe, slug, token)


def _subscribe(db: Session, slug: str, email: str) -> None:
    page = StatusPageCRUD.get_by_slug(db, slug)
    if page is None or page.channel_id is None or not page.is_published:
        raise NotFound("This page does not accept subscriptions.")
    now = utc_now()
    if StatusSubscriberCRUD.asked_since(db, page.id, now - AN_HOUR) >= MAX_ASKED:
        raise InvalidInput("Too many addresses were entered recently. Try again in an hour.")
    subscriber = StatusSubscriberCRUD.ask(db, page.id, email, now, again_after=AGAIN_AFTER)
    if subscriber is not None:
        status_mail.request_confirmation(db, subscriber, page, now)


def _confirm(db: Session, slug: str, token: str) -> bool:
    subscriber = _subscriber(db, slug, token)
    if subscriber is None:
        return False
    subscriber.confirmed_at = subscriber.confirmed_at or utc_now()
    return True


def _unsubscribe(db: Session, slug: str, token: str) -> None:
    subscriber = _subscriber(db, slug, token)
    if subscriber is not None:
        status_mail.forget(db, [subscriber])


def _subscriber(db: Session, slug: str, token: str) -> StatusSubscriber | None:
    subscriber = StatusSubscriberCRUD.get_by_token(db, token)
    page = StatusPageCRUD.get_by_slug(db, slug)
    return subscriber if subscriber and page and subscriber.page_id == page.id else None
