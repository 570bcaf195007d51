"""Sends monthly reports by e-mail, at least once each."""

import asyncio
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.background import Background
from core.clock import utc_now
from core.database import in_session
from core.errors import NothingToReport
from core.models import MonthlyReport, NotificationChannel
from core.notifications.email_address import Deliver, email_address
from core.notifications.monthly import due_month
from core.notifications.retries import LEASE, MAX_ATTEMPTS, delivery_error, retry_delay
from core.sealing import Sealer
from core.services import MonthlyReportCRUD
from dashboard.queries import uptime_report
from dashboard.reports.uptime_mail import no_website, to_mail

ROUND_SECONDS = 60.0


class MonthlyMailer:
    """Several mailers can share a store, as each leases what it sends. Its owner calls start() and stop()."""

    def __init__(self, sealer: Sealer, deliver: Deliver) -> None:
        self._sealer, self._deliver = sealer, deliver
        self._background = Background()

    async def start(self) -> None:
        """Start the task; returns immediately."""
        self._background.repeat(self.send_due, ROUND_SECONDS, "monthly reports")

    async def stop(self) -> None:
        """Stop the task. A report that was being sent will be sent again."""
        await self._background.stop()

    async def send_due(self) -> int:
        """Send all due reports. Return how many were leased."""
        count = 0
        for report, channel in await in_session(MonthlyReportCRUD.get_enabled):
            now = utc_now()
            month, until = due_month(report, now), now + LEASE
            if month is not None and await in_session(MonthlyReportCRUD.lease, report.id, month, now, until):
                count += 1
                key = f"report:{report.id}:{month:%Y-%m}"
                attempt = report.attempts + 1 if month == report.month else 1
                later = None if attempt >= MAX_ATTEMPTS else retry_delay(attempt)
                became = await self._send(report, channel, month, later, key)
                await in_session(MonthlyReportCRUD.finish, report.id, until, **became)
        return count

    async def _send(
        self, report: MonthlyReport, channel: NotificationChannel, month: date, later: timedelta | None, key: str
    ) -> dict[str, Any]:
        """Send a report. Return what `MonthlyReportCRUD.finish` stores; *later* is the delay of the next attempt."""
        try:
            answer = await send(report, channel, month, self._sealer, self._deliver, key=key)
        except NothingToReport as nothing:
            return {"answer": str(nothing)}
        except Exception as error:  # noqa: BLE001 - see `delivery_error`
            answer = str(delivery_error(error, "a report", report_id=report.id))
            return {"answer": answer, "due_at": utc_now() + later if later is not None else None}
        return {"answer": answer, "sent_at": utc_now()}


async def send(
    report: MonthlyReport,
    channel: NotificationChannel,
    month: date,
    sealer: Sealer,
    deliver: Deliver,
    *,
    key: str,
    is_manual: bool = False,
) -> str:
    """Send the report of *month* and return the mail server's answer. *key* identifies it if it is sent twice.

    A manual report is sent even before the first website exists, to try the mail server and the addresses.

    Raises:
        NothingToReport: The report would contain no website.
        NotDelivered: The server refused it, or the channel is not a mailbox, has no address or is switched off.
        StoreError: The channel's sealed address cannot be opened.
    """
    to_all = email_address(channel, report.recipients, sealer, whose="It")
    zone, now = ZoneInfo(report.timezone), utc_now()
    read = await in_session(uptime_report.load, tag=report.tag, month=month, zone=zone, now=now)
    if not read.websites and (report.tag or not is_manual):
        raise NothingToReport(f"Nothing was sent. {no_website(read)}")
    return await asyncio.to_thread(deliver, to_all, to_mail(read), key)
