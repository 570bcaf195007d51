"""Renders a status page as HTML, JSON and Atom (RFC 4287). Pure."""

from datetime import datetime
from typing import Any

import orjson

from core.phrases import utc_minute
from dashboard import theme
from dashboard.html_templates import templates
from dashboard.status import downtime, words
from dashboard.status.view import ShownWindow, StatusView
from dashboard.status.xml import as_xml

WORDS = theme.STATUS_WORDS | {"MAINTENANCE": "Maintenance"}


def html(view: StatusView, *, root: str, message: str = "") -> bytes:
    """Return the HTML page; *root* is our path prefix, *message* a sentence to whoever submitted its form."""
    facts: dict[str, Any] = {
        "view": view,
        "root": root,
        "message": message,
        "say": words,
        "headline": words.headline(view),
        "words": WORDS,
        "shape": lambda status: theme.shape("PAUSED" if status == "MAINTENANCE" else status),
        "now": downtime.now(view.windows),
        "past": downtime.past_days(view.windows),
        "variables": theme.variables() + theme.by_system(),
    }
    return templates.get_template("status.html").render(facts).encode()


def small_page(
    title: str,
    words: str,
    *,
    root: str,
    form: dict[str, str] | None = None,
    back: str = "",
    back_words: str = "Back to the status page",
) -> bytes:
    """Return a page with a sentence and possibly a form; *back* is the target of its link."""
    facts = {"title": title, "words": words, "root": root, "form": form, "back": back, "back_words": back_words}
    return (
        templates.get_template("status_small.html")
        .render(facts, variables=theme.variables() + theme.by_system())
        .encode()
    )


def as_json(view: StatusView) -> bytes:
    """Return the page as JSON; times are ISO 8601 in UTC."""
    return orjson.dumps(
        {
            "title": view.title,
            "status": view.status,
            "made_at": view.made_at,
            "groups": [
                {
                    "name": name,
                    "websites": [
                        {
                            "id": shown.id,
                            "name": shown.name,
                            "status": shown.status,
                            "uptime_percentage": None if shown.share is None else round(shown.share * 100, 4),
                            "days": [
                                {"day": day.day, "uptime": day.share, "coverage": day.coverage} for day in shown.days
                            ],
                        }
                        for shown in websites
                    ],
                }
                for name, websites in view.groups
            ],
            "left_out": view.left_out,
            "downtime_windows": [
                {
                    "id": window.id,
                    "website": window.website,
                    "started_at": window.started_at,
                    "ended_at": window.ended_at,
                    "updates": [
                        {"stage": update.stage, "text": update.text, "at": update.created_at}
                        for update in window.updates
                    ],
                }
                for window in view.windows
            ],
            "maintenance": [
                {
                    "name": maintenance_window.name,
                    "websites": maintenance_window.websites,
                    "started_at": maintenance_window.started_at,
                    "ended_at": maintenance_window.ended_at,
                }
                for maintenance_window in view.maintenance
            ],
        }
    )


def atom(view: StatusView, address: str) -> bytes:
    """Return downtime and its updates as an Atom feed; *address* is the page's absolute URL."""
    newest = max((_changed(window) for window in view.windows), default=view.made_at)
    entries = "".join(_entry(window, address) for window in view.windows)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{as_xml(view.title)}</title><id>{as_xml(address)}</id><updated>{newest.isoformat()}</updated>"
        f'<author><name>{as_xml(view.title)}</name></author><link href="{as_xml(address)}"/>'
        f'<link rel="self" href="{as_xml(address)}/feed.atom"/>{entries}</feed>\n'
    ).encode()


def _entry(window: ShownWindow, address: str) -> str:
    state = "is down" if window.ended_at is None else "was down"
    lines = [f"{utc_minute(update.created_at)}, {update.stage}: {update.text}" for update in window.updates]
    lines.append(f"Down since {words.moment(window.started_at)}.")
    if window.ended_at is not None:
        how = "It was paused" if window.ended_in_pause else "It was back"
        lines.insert(0, f"{how} at {words.moment(window.ended_at)}.")
    link = as_xml(f"{address}#window-{window.id}")
    return (
        f'<entry><title>{as_xml(window.website)} {state}</title><id>{link}</id><link href="{link}"/>'
        f"<published>{window.started_at.isoformat()}</published><updated>{_changed(window).isoformat()}</updated>"
        f'<content type="text">{as_xml(chr(10).join(lines))}</content></entry>'
    )


def _changed(window: ShownWindow) -> datetime:
    moments = [update.created_at for update in window.updates]
    return max([window.started_at, *moments, *([window.ended_at] if window.ended_at else [])])
