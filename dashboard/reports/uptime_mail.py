"""Renders a monthly report as an e-mail: text, HTML and an attached table. Pure."""

from core.notifications.message import Message, Table
from core.phrases import counted
from dashboard.format import coverage, duration
from dashboard.html_templates import templates
from dashboard.queries.uptime_report import UptimeReport, WebsiteFigures
from dashboard.reports.uptime_report import heading, share_words, span, to_csv

MAX_LISTED = 100  # websites and outages in a mail, as mail programs cut off longer ones


def to_mail(report: UptimeReport) -> Message:
    """Return the e-mail of *report*."""
    title = f"{heading(report)} in {_month(report)}"
    share = share_words(report.uptime.share)
    websites, outages = report.websites[:MAX_LISTED], report.outages[-MAX_LISTED:]
    html = templates.get_template("uptime_mail.html").render(
        title=title,
        report=report,
        websites=websites,
        outages=outages,
        share=share_words,
        figures=_figures(report),
        no_website=no_website(report),
        known=coverage,
        duration=duration,
        note=_note(report),
        span=lambda outage: span(report, outage),
    )
    return Message(
        title=f"{title}: {share}",
        text="\n".join(_lines(report, title)),
        payload={},
        html=html,
        hides_recipients=True,
        table=Table(name=f"uptime {report.month:%Y-%m}.csv", text=to_csv(report)),
    )


def _lines(report: UptimeReport, title: str) -> list[str]:
    lines = [f"{title}: {share_words(report.uptime.share)}{_figures(report)}.", ""]
    lines += [_line(website) for website in report.websites[:MAX_LISTED]] or [no_website(report)]
    if report.outages:
        lines += ["", "Outages:"]
        lines += [
            f"• {span(report, window)}: {_flat(window.website)}, {duration(window.seconds)}. "
            f"{_flat(window.cause or '')}".rstrip()
            for window in report.outages[-MAX_LISTED:]
        ]
    return [*lines, "", _note(report)]


def _figures(report: UptimeReport) -> str:
    """Return the figures that follow the uptime."""
    if not report.is_known:
        return ", as nothing is known of that time"
    lasted = duration(report.uptime.down_seconds)
    total = f"{counted(report.total_outages, 'outage')}, {lasted} of downtime in all"
    return f" available, {coverage(report.uptime.coverage)}; {total}"


def no_website(report: UptimeReport) -> str:
    """Say why the report has no websites."""
    return "No website has this tag." if report.tag else "No websites yet."


def _line(website: WebsiteFigures) -> str:
    down = f", down for {duration(website.uptime.down_seconds)}" if website.uptime.down_seconds >= 1 else ""
    return f"• {_flat(website.name)}: {share_words(website.uptime.share)}, {counted(website.outages, 'outage')}{down}"


def _note(report: UptimeReport) -> str:
    """Explain the figures, and where to find those that are not shown."""
    left_out = len(report.websites) > MAX_LISTED or report.total_outages > MAX_LISTED
    rest = (
        f" No more than {MAX_LISTED} websites and outages are shown; all websites are in the table." if left_out else ""
    )
    return (
        f"Available is the share of known time. Planned maintenance is not counted. All times are {report.zone}.{rest}"
    )


def _month(report: UptimeReport) -> str:
    so_far = "" if report.is_over else ", so far"
    return f"{report.month:%B %Y}{so_far}"


def _flat(words: str) -> str:
    return " ".join(words.split())
