"""The bar above a debug session: breadcrumbs, state, views and buttons."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from core.models import DebugSession, SessionTrigger
from dashboard.components.busy_controls import on_press
from dashboard.components.elements import button, moment, only_for, text
from dashboard.components.url_prefix import prefixed
from dashboard.words.debug_session import FAULT_FOUND, TRIGGER_WORDS, badge_words, state_words

STYLE = Path(__file__).with_suffix(".css")


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """The names of the session's views, and what to call when one is chosen."""

    names: tuple[str, ...]
    current: str
    choose: Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The parts of the bar that change in place."""

    badge: Element
    """The state, whose text changes while the session runs."""
    tabs: Mapping[str, Element]

    def show(self, view: str) -> None:
        """Mark *view* as selected. The tabs stay, so that the chosen one keeps the keyboard focus."""
        for name, tab in self.tabs.items():
            tab.props["aria-selected"] = "true" if name == view else "false"


def session_bar(
    session: DebugSession,
    website: str,
    *,
    fault: str | None,
    views: Views,
    now: datetime,
    stop: Callable[[], Awaitable[None]],
    again: Callable[[], Awaitable[None]],
) -> Bar:
    """Draw the bar, with a Stop button while the session runs and Run again afterwards."""
    with ui.element("header").classes("ww-session-bar"):
        _crumbs(session, website)
        badge = text("span", badge_words(session, fault, now), f"ww-state {state_words(session, fault).kind}")
        badge.props["title"] = fault or ""
        _facts(session)
        with ui.element("div").classes("ww-session-buttons"):
            bar = Bar(badge=badge, tabs=_view_buttons(views))
            if session.is_over:
                only_for(
                    Permission.DEBUG, button("Run again", again, hint="Start another session with the same options")
                )
                link("Export HAR", f"/api/v1/debug-sessions/{session.id}/har")
            else:
                press = button("Stop", stop, kind="ww-stop", hint="End the session and keep what was captured")
                only_for(Permission.DEBUG, press)
    if session.error_message and state_words(session, fault) is not FAULT_FOUND:  # the findings say it better
        text("div", session.error_message, "ww-session-reason").props("role=alert")
    bar.show(views.current)
    return bar


def _crumbs(session: DebugSession, website: str) -> None:
    with ui.element("nav").classes("ww-crumbs").props('aria-label="Breadcrumbs"'):
        ui.link("Debug sessions", "/debug-sessions")
        text("span", "/").props("aria-hidden=true")
        ui.link(website, f"/websites/{session.website_id}")
        text("span", "/").props("aria-hidden=true")
        text("h1", f"Session {session.id}")


def _facts(session: DebugSession) -> None:
    browser = " ".join(part for part in (session.browser_type.capitalize(), _major(session.browser_version)) if part)
    trigger = TRIGGER_WORDS[session.trigger or SessionTrigger.MANUAL]
    dropped = f"{session.dropped_count} requests beyond the limit not kept" if session.dropped_count else None
    with ui.element("div").classes("ww-session-facts"):
        if session.url:
            text("span", session.url, "ww-session-url").props["title"] = session.url
        text("span", " · ".join(fact for fact in (browser, trigger, dropped) if fact))
        moment(session.started_at, is_long=True)


def _major(version: str | None) -> str:
    return (version or "").rsplit("/", 1)[-1].split(".", 1)[0]


def link(words: str, target: str) -> Element:
    """Return a link that looks like a button."""
    anchor = text("a", words, "ww-button")
    anchor.props["href"] = prefixed(target)
    return anchor


def _view_buttons(views: Views) -> dict[str, Element]:
    with ui.element("div").classes("ww-views").props('role=tablist aria-label="Views of the session"'):
        tabs = {name: text("button", name).props("type=button role=tab") for name in views.names}
    for name, tab in tabs.items():
        on_press(tab, partial(views.choose, name))
    return tabs
