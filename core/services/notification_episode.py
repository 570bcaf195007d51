"""All SQL about episodes: since when a rule's condition holds for a website."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.models import Notification, NotificationEpisode, NotificationEvent


class NotificationEpisodeCRUD:
    """Begin and end episodes."""

    @staticmethod
    def hold(
        db: Session, rule_id: int, event: NotificationEvent, website_ids: Collection[int], now: datetime
    ) -> dict[int, datetime]:
        """Set the websites for which *event* of a rule holds; return since when it holds for each."""
        query = select(NotificationEpisode).where(
            NotificationEpisode.rule_id == rule_id, NotificationEpisode.event == str(event)
        )
        known = {episode.website_id: episode for episode in db.scalars(query)}
        for website_id, episode in known.items():
            if website_id not in website_ids:
                db.delete(episode)
        for website_id in website_ids:
            if website_id not in known:
                known[website_id] = NotificationEpisode(
                    rule_id=rule_id, website_id=website_id, event=str(event), began_at=now
                )
                db.add(known[website_id])
        db.flush()
        return {website_id: known[website_id].began_at for website_id in website_ids}

    @staticmethod
    def holding(db: Session, rule_id: int, event: NotificationEvent) -> set[int]:
        """Return the websites for which *event* of a rule holds."""
        query = select(NotificationEpisode.website_id).where(
            NotificationEpisode.rule_id == rule_id, NotificationEpisode.event == str(event)
        )
        return set(db.scalars(query))

    @staticmethod
    def began_at(db: Session, notifications: Collection[Notification]) -> dict[tuple[int | None, int, str], datetime]:
        """Return since when conditions that *notifications* may be about hold, by rule, website and event."""
        query = select(NotificationEpisode).where(
            NotificationEpisode.rule_id.in_({notification.rule_id for notification in notifications}),
            NotificationEpisode.website_id.in_({notification.website_id for notification in notifications}),
        )
        return {(episode.rule_id, episode.website_id, episode.event): episode.began_at for episode in db.scalars(query)}

    @staticmethod
    def end_all(db: Session, rule_id: int) -> None:
        """Delete the episodes of a rule whose conditions have changed."""
        db.execute(delete(NotificationEpisode).where(NotificationEpisode.rule_id == rule_id))
