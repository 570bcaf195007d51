"""All SQL about notification rules."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.input_messages import sentence
from core.models import NotificationChannel, NotificationRule
from core.schemas.notification_rule import (
    NotificationRuleCreate,
    NotificationRuleUpdate,
    check_reminders,
    check_together,
)
from core.services.notification_episode import NotificationEpisodeCRUD
from core.services.rows import add_row, apply_changes, delete_row, page_of, require_row

CONDITIONS = frozenset(
    {"slow_ms", "slow_minutes", "budget_target", "unsteady_percent", "events", "website_id", "tag_id"}
)
"""The fields that decide when an episode begins. A change of one ends the rule's episodes."""


class NotificationRuleCRUD:
    """Create, read, update and delete rules."""

    @staticmethod
    def create(db: Session, data: NotificationRuleCreate) -> NotificationRule:
        return add_row(db, NotificationRule(**data.model_dump(mode="json")))

    @staticmethod
    def get_all(
        db: Session, skip: int = 0, limit: int = 50, *, channel_id: int | None = None, website_id: int | None = None
    ) -> tuple[list[NotificationRule], int]:
        """Return a page of rules by name, filtered by channel or website if given, and the total."""
        query = select(NotificationRule).order_by(NotificationRule.name, NotificationRule.id)
        return page_of(db, query, skip=skip, limit=limit, channel_id=channel_id, website_id=website_id)

    @staticmethod
    def get_in_force(db: Session) -> list[NotificationRule]:
        """Return the enabled rules with enabled channels."""
        query = (
            select(NotificationRule)
            .join(NotificationChannel, NotificationChannel.id == NotificationRule.channel_id)
            .where(NotificationRule.is_enabled, NotificationChannel.is_enabled)
            .order_by(NotificationRule.id)
        )
        return list(db.scalars(query))

    @staticmethod
    def update(db: Session, rule_id: int, data: NotificationRuleUpdate) -> NotificationRule:
        """Apply *data* and return the rule.

        Raises:
            NotFound: There is no such rule.
            InvalidInput: The rule would have both a website and a tag, only one end of the quiet hours, or reminders
                without notifications of failures.
        """
        rule = require_row(db, NotificationRule, rule_id)
        changes = data.changes()
        if "events" in changes:
            changes["events"] = [str(event) for event in changes["events"]]
        apply_changes(rule, changes)
        if changes.keys() & CONDITIONS:
            NotificationEpisodeCRUD.end_all(db, rule_id)
        try:
            check_together(rule.website_id, rule.tag_id, rule.quiet_from, rule.quiet_until)
            check_reminders(rule.events, rule.remind_seconds)
        except ValueError as error:
            raise InvalidInput(sentence(error)) from error
        db.flush()
        return rule

    @staticmethod
    def delete(db: Session, rule_id: int) -> bool:
        """Delete a rule; its notifications stay. Returns False if it does not exist."""
        return delete_row(db, db.get(NotificationRule, rule_id))
