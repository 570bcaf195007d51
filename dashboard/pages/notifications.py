"""/notifications: channels, rules, monthly reports and the log of notifications."""

from functools import partial
from typing import Any

from fastapi import Request
from nicegui import ui

from core.accounts.actor import Permission
from core.database import in_session
from core.models import NotificationChannel
from core.notifications.trial import Trial
from core.schemas.notification_rule import NotificationRuleRead
from dashboard.actions import notifications
from dashboard.actions.rule_trial import TRIED_DAYS
from dashboard.components.channel_form import open_channel_form
from dashboard.components.elements import button, card_head, empty, text
from dashboard.components.keep_current import keep_current
from dashboard.components.managed_notice import managed_notice
from dashboard.components.page_state import PageState
from dashboard.components.rule_form import RuleForm
from dashboard.components.small_dialogs import confirm, show_once
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, ask_reader_zone, frame, reader_zone
from dashboard.parsing.changed_fields import changed_fields
from dashboard.parsing.subjects import subject_key, with_subject
from dashboard.queries.notifications import NotificationsState, RuleWords, load
from dashboard.runtime import Runtime
from dashboard.sections.monthly_reports import MonthlyReports
from dashboard.sections.notification_log import PATH, NotificationLog
from dashboard.words.notification import CHANNEL_KINDS

HELD_ONCE = "The receiver verifies requests with this secret. It is not shown again."
POLL_SECONDS = 2.0  # between two polls for new notifications
QUIET_HOURS = frozenset({"quiet_from", "quiet_until"})
NEW_RULE: dict[str, Any] = {"name": "", "events": ["DOWN", "UP", "EVIDENCE"], "subject": "all"}


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page(PATH, response_timeout=DRAW_SECONDS)
    async def notifications_page(request: Request) -> None:
        log = await NotificationLog(request.query_params).load()
        shown = NotificationsPage(runtime, await in_session(load), log)
        with frame("Notifications"):
            shown.draw()
        keep_current(shown.catch_up, POLL_SECONDS)


class NotificationsPage:
    """One reader's view of the page."""

    def __init__(self, runtime: Runtime, state: NotificationsState, log: NotificationLog) -> None:
        self._runtime = runtime
        self._state = state
        self._log = log
        self._may_change = may(Permission.WRITE)

    async def catch_up(self) -> None:
        """Show what was sent or changed since the last call."""
        await self._log.catch_up()
        before, self._state = self._state, await in_session(load)
        if _shown(before) != _shown(self._state):
            self.body.refresh()

    def draw(self) -> None:
        """Draw the title and the lists."""
        self._page_state = PageState("Notifications", is_down=False, on_back=self._log.go_back)
        self._reports = MonthlyReports(self._runtime.settings, self.catch_up)
        with ui.element("div").classes("ww-title"):
            text("h1", "Notifications")
            text("span", "who is notified, and when", "ww-muted")
            if self._may_change:
                with ui.element("div").classes("ww-actions") as self._adding:
                    button("Add channel", self._add_channel)
                    button("Add rule", self._add_rule, kind="ww-primary")
        self.body()

    @ui.refreshable_method
    def body(self) -> None:
        """Draw channels, rules, reports and recent notifications."""
        state = self._state
        if self._may_change:
            self._adding.set_visibility(bool(state.channels))
        if not state.channels:
            self._nobody()
            return
        with ui.element("section").classes("ww-card").props("aria-label=Channels"):
            card_head("Channels", "where notifications go")
            for channel in state.channels:
                self._channel(channel)
        with ui.element("section").classes("ww-card").props("aria-label=Rules"):
            card_head("Rules", "what triggers a notification")
            for rule in state.rules:
                self._rule(rule)
            if not state.rules:
                how = " Add one to be notified of failures." if self._may_change else " Editors can add some."
                text("p", f"No rules yet, so no notifications are sent.{how}", "ww-table-empty")
        self._reports.draw(state.reports, state.channels, state.tags)
        self._log.draw(state, self._page_state)

    def _nobody(self) -> None:
        words = "There are no channels yet, so no notifications are sent. Editors can add some."
        if self._may_change:
            words = "Add a channel: a chat or push service, a webhook or e-mail. Then add rules that say what to send."
        with empty("No notification channels yet", words):
            if self._may_change:
                button("Add channel", self._add_channel, kind="ww-primary")

    def _channel(self, channel: NotificationChannel) -> None:
        with ui.element("div").classes("ww-plan"):
            with ui.element("div").classes("ww-what"):
                text("b", channel.name)
                off = "" if channel.is_enabled else " · disabled"
                text("div", f"{CHANNEL_KINDS[channel.kind]} · {channel.summary}{off}", "ww-muted")
                managed_notice(channel.managed_by)
            if self._may_change:
                with ui.element("div").classes("ww-actions"):
                    button("Send test", partial(self._test, channel), says=f"Send test to {channel.name}")
                    on = "Disable" if channel.is_enabled else "Enable"
                    button(on, partial(self._switch_channel, channel), says=f"{on} {channel.name}")
                    button("Edit", partial(self._edit_channel, channel), says=f"Edit {channel.name}")
                    button("Delete", partial(self._ask_delete_channel, channel), says=f"Delete {channel.name}")

    def _rule(self, shown: RuleWords) -> None:
        rule = shown.rule
        with ui.element("div").classes("ww-plan"):
            with ui.element("div").classes("ww-what"):
                text("b", rule.name)
                text("div", f"{shown.subject}, to {shown.channel}", "ww-secondary")
                off = "" if rule.is_enabled else " · disabled"
                text("div", f"{shown.words}{off}", "ww-muted")
                managed_notice(rule.managed_by)
            if self._may_change:
                with ui.element("div").classes("ww-actions"):
                    on = "Disable" if rule.is_enabled else "Enable"
                    button(on, partial(self._switch_rule, shown), says=f"{on} {rule.name}")
                    button("Edit", partial(self._edit_rule, shown), says=f"Edit {rule.name}")
                    button("Delete", partial(self._ask_delete_rule, shown), says=f"Delete {rule.name}")

    def _add_channel(self) -> None:
        open_channel_form(partial(self._keep_channel, None))

    def _edit_channel(self, channel: NotificationChannel) -> None:
        open_channel_form(partial(self._keep_channel, channel.id), name=channel.name, kind=channel.kind)

    async def _keep_channel(self, channel_id: int | None, values: dict[str, Any], opened: dict[str, Any]) -> None:
        if channel_id is not None:
            await notifications.change_channel(channel_id, changed_fields(values, opened), self._runtime.settings)
        else:
            _channel, secret = await notifications.add_channel(values, self._runtime.settings)
            if secret:
                show_once("Webhook secret", HELD_ONCE, [secret])
        await self.catch_up()

    async def _test(self, channel: NotificationChannel) -> None:
        ui.notify(f"Sending a test to {channel.name} …")
        tested = await notify_on_error(notifications.test_channel(channel.id, self._runtime.settings))
        if tested is not None:
            is_taken, answer = tested
            words = "accepted the test" if is_taken else "rejected the test"
            ui.notify(f"{channel.name} {words}: {answer}", type=None if is_taken else "negative", timeout=10_000)

    async def _switch_channel(self, channel: NotificationChannel) -> None:
        values = {"is_enabled": not channel.is_enabled}
        await notify_on_error(notifications.change_channel(channel.id, values, self._runtime.settings))
        await self.catch_up()

    def _ask_delete_channel(self, channel: NotificationChannel) -> None:
        confirm(
            f"Delete {channel.name}?",
            "Its rules, its monthly reports and its notification log are deleted too. This cannot be undone.",
            "Delete channel",
            partial(self._do, partial(notifications.remove_channel, channel.id)),
        )

    async def _add_rule(self) -> None:
        zone = getattr(reader_zone() or await ask_reader_zone(), "key", "UTC")  # for quiet hours
        self._open_rule("Add rule", None, NEW_RULE | {"channel_id": self._state.channels[0].id, "timezone": zone})

    def _edit_rule(self, shown: RuleWords) -> None:
        values = NotificationRuleRead.model_validate(shown.rule).model_dump(mode="json")
        values["subject"] = subject_key(shown.rule.website_id, shown.rule.tag_id)
        self._open_rule(f"Edit {shown.rule.name}", shown.rule.id, values)

    def _open_rule(self, heading: str, rule_id: int | None, values: dict[str, Any]) -> None:
        channels = [(str(channel.id), channel.name) for channel in self._state.channels]
        subjects = [(choice.key, choice.words) for choice in self._state.subjects]
        submit = partial(self._keep_rule, rule_id)
        RuleForm(heading, values, submit, self._try_rule, days=TRIED_DAYS, channels=channels, subjects=subjects)

    async def _keep_rule(self, rule_id: int | None, values: dict[str, Any], opened: dict[str, Any]) -> None:
        if rule_id is None:
            await notifications.add_rule(with_subject(values))
        else:
            await notifications.change_rule(rule_id, with_subject(changed_fields(values, opened, QUIET_HOURS)))
        await self.catch_up()

    async def _try_rule(self, values: dict[str, Any]) -> Trial:
        return await notifications.try_rule(with_subject(values | {"name": values["name"] or "new"}))

    async def _switch_rule(self, shown: RuleWords) -> None:
        await notify_on_error(notifications.change_rule(shown.rule.id, {"is_enabled": not shown.rule.is_enabled}))
        await self.catch_up()

    def _ask_delete_rule(self, shown: RuleWords) -> None:
        confirm(
            f"Delete {shown.rule.name}?",
            "It sends no more notifications. Those it has sent stay in the log. This cannot be undone.",
            "Delete rule",
            partial(self._do, partial(notifications.remove_rule, shown.rule.id)),
        )

    async def _do(self, work: Any) -> None:
        await notify_on_error(work())
        await self.catch_up()


def _shown(state: NotificationsState) -> list[Any]:
    return [
        [(channel.id, channel.updated_at) for channel in state.channels],
        [(rule.rule.id, rule.rule.updated_at, rule.subject) for rule in state.rules],
        [
            (report.report.id, report.report.updated_at, report.channel, report.last, report.deliveries)
            for report in state.reports
        ],
        state.websites,
    ]
