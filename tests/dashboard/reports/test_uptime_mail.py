"""A month's report as a mail."""

from dataclasses import replace
from datetime import timedelta

from core.notifications.mail import compose
from dashboard.reports.uptime_mail import MAX_LISTED, to_mail
from tests.core.notifications.test_mail import ADDRESS
from tests.dashboard.reports.test_uptime_report import OUTAGE, UNTIL, make_report

NONE = "No website has this tag."


def test_the_subject_has_the_uptime_and_the_text_everything() -> None:
    message = to_mail(make_report())

    assert message.title == "Uptime of acme & co in March 2026: 99.87%"
    assert message.text.splitlines()[:6] == [
        "Uptime of acme & co in March 2026: 99.87% available, 50% known; 1 outage, 1 h of downtime in all.",
        "",
        "• =Shop: 99.87%, 1 outage, down for 1 h",
        "",
        "Outages:",
        "• 1 Mar, 01:00 to 02:00: <b>Shop</b>, 1 h. The <disk> was full.",
    ]


def test_foreign_text_is_escaped_in_all_parts() -> None:
    report = make_report()
    hostile = replace(report.websites[0], name='=cmd|"<script>alert(1)</script>"\r\nBcc: eve@example.org')
    message = to_mail(replace(report, tag="x\r\nBcc: eve@example.org", websites=[hostile]))

    mail = compose(ADDRESS, message, "report:1:2026-03")
    html, (table,) = mail.get_body(("html",)), list(mail.iter_attachments())

    assert html is not None
    content = html.get_content()
    assert "<script" not in content and "&lt;script&gt;" in content and "&lt;disk&gt;" in content
    assert mail["Bcc"] is None and mail["Subject"].startswith("Uptime of x Bcc: eve@example.org in March 2026")
    assert table.get_filename() == "uptime 2026-03.csv" and table.get_content_type() == "text/csv"
    assert "'=cmd" in table.get_content()


def test_an_incomplete_or_unknown_month_is_marked() -> None:
    begun = replace(make_report(share=None, outages=()), made_at=UNTIL - timedelta(days=1), websites=[])
    begun = replace(begun, until=begun.made_at)

    message = to_mail(begun)

    assert message.title == "Uptime of acme & co in March 2026, so far: no data"
    assert message.text.splitlines()[:3] == [f"{message.title}, as nothing is known of that time.", "", NONE]
    assert NONE in str(message.html) and "as nothing is known of that time" in str(message.html)
    assert "outage" not in message.text and "outage" not in str(message.html)


def test_a_long_mail_is_limited_and_names_the_table() -> None:
    report = make_report(outages=tuple(OUTAGE for _ in range(MAX_LISTED + 5)))
    many = replace(report, websites=report.websites * (MAX_LISTED + 1))

    message = to_mail(many)

    assert str(message.html).count("=Shop") == MAX_LISTED and str(message.html).count("disk") == MAX_LISTED
    assert "all websites are in the table" in message.text and "all websites are in the table" in str(message.html)
    assert message.table is not None and message.table.text.count("shop.example") == MAX_LISTED + 1
