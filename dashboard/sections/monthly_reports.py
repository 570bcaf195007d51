"""The monthly reports' card on the notifications page."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from core.accounts.actor import Permission
from core.config import Settings
from core.models import ChannelKind, NotificationChannel
from dashboard.actions import monthly_reports
from dashboard.components.elements import button, card_head, text
from dashboard.components.managed_notice import managed_notice
from dashboard.components.report_form import open_report_form
from dashboard.components.small_dialogs import confirm
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error
from dashboard.frame import ask_reader_zone, reader_zone
from dashboard.parsing.changed_fields import changed_fields
from dashboard.queries.monthly_reports import ReportWords

NO_MAILBOX = "Add an e-mail channel first. Its server sends the reports."


class MonthlyReports:
    """The card."""

    def __init__(self, settings: Settings, on_change: Callable[[], Awaitable[None]]) -> None:
        """*on_change* is called after a report was changed."""
        self._settings, self._on_change = settings, on_change
        self._may_change = may(Permission.WRITE)

    def draw(
        self, reports: Sequence[ReportWords], channels: Sequence[NotificationChannel], tags: Sequence[str]
    ) -> None:
        """Draw the card; *tags* are offered in the form."""
        mailboxes = [(str(channel.id), channel.name) for channel in channels if channel.kind is ChannelKind.EMAIL]
        with ui.element("section").classes("ww-card").props("aria-label='Monthly reports'"):
            with card_head("Monthly reports", "uptime by e-mail on the first of each month"):
                if self._may_change and mailboxes:
                    ui.element("div").classes("ww-grow")
                    button("Add report", partial(self._add, mailboxes, tags))
            for report in reports:
                self._row(report, mailboxes, tags)
            if not reports:
                text(
                    "p",
                    "No monthly reports yet." if mailboxes or not self._may_change else NO_MAILBOX,
                    "ww-table-empty",
                )

    def _row(self, shown: ReportWords, mailboxes: Sequence[tuple[str, str]], tags: Sequence[str]) -> None:
        report, named = shown.report, f"the report of {shown.subject}"
        with ui.element("div").classes("ww-plan"):
            with ui.element("div").classes("ww-what"):
                text("b", shown.subject)
                text("div", f"to {', '.join(report.recipients)}, through {shown.channel}", "ww-secondary ww-breaks")
                off = "" if report.is_enabled else " · disabled"
                text("div", f"at 06:00 ({report.timezone}){off}", "ww-muted")
                managed_notice(report.managed_by)
                text("div", shown.last, "ww-breaks ww-is-down-text" if shown.is_amiss else "ww-breaks ww-muted")
                _deliveries(shown.deliveries)
            if self._may_change:
                with ui.element("div").classes("ww-actions"):
                    button("Send now", partial(self._send, shown), says=f"Send {named} now")
                    on = "Disable" if report.is_enabled else "Enable"
                    button(on, partial(self._switch, shown), says=f"{on} {named}")
                    button("Edit", partial(self._edit, shown, mailboxes, tags), says=f"Edit {named}")
                    button("Delete", partial(self._ask_delete, shown), says=f"Delete {named}")

    async def _add(self, mailboxes: Sequence[tuple[str, str]], tags: Sequence[str]) -> None:
        zone = getattr(reader_zone() or await ask_reader_zone(), "key", "UTC")
        values = {"channel_id": mailboxes[0][0], "tag": "", "timezone": zone}
        submit = partial(self._keep, None)
        open_report_form("Add monthly report", values, submit, channels=mailboxes, tags=tags)

    def _edit(self, shown: ReportWords, mailboxes: Sequence[tuple[str, str]], tags: Sequence[str]) -> None:
        report = shown.report
        values = {
            "recipients": report.recipients,
            "tag": report.tag or "",
            "channel_id": str(report.channel_id),
            "timezone": report.timezone,
        }
        offered = sorted({*tags, report.tag} if report.tag else tags)
        submit = partial(self._keep, report.id)
        open_report_form("Edit monthly report", values, submit, channels=mailboxes, tags=offered)

    async def _keep(self, report_id: int | None, values: dict[str, Any], opened: dict[str, Any]) -> None:
        if report_id is None:
            await monthly_reports.add(values)
        else:
            await monthly_reports.change(report_id, changed_fields(values, opened))
        await self._on_change()

    async def _send(self, shown: ReportWords) -> None:
        ui.notify("Sending the report …")
        sent = await notify_on_error(monthly_reports.send_now(shown.report.id, self._settings))
        if sent is not None:
            is_taken, answer = sent
            words = "The report was sent" if is_taken else "The report was rejected"
            ui.notify(f"{words}: {answer}", type=None if is_taken else "negative", timeout=10_000)
        await self._on_change()

    async def _switch(self, shown: ReportWords) -> None:
        await notify_on_error(monthly_reports.change(shown.report.id, {"is_enabled": not shown.report.is_enabled}))
        await self._on_change()

    def _ask_delete(self, shown: ReportWords) -> None:
        confirm(
            "Delete this monthly report?",
            f"{', '.join(shown.report.recipients)} will receive no more reports. This cannot be undone.",
            "Delete report",
            partial(self._delete, shown.report.id),
        )

    async def _delete(self, report_id: int) -> None:
        await notify_on_error(monthly_reports.remove(report_id))
        await self._on_change()


def _deliveries(sentences: Sequence[str]) -> None:
    """Draw past deliveries, folded."""
    if not sentences:
        return
    with ui.element("details").classes("ww-fold"):
        text("summary", "Sent reports")
        for sentence in sentences:
            text("div", sentence, "ww-breaks ww-muted")
