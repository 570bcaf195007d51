"""The head of a website's page with name, status and address; and the card of its settings."""

from collections.abc import Callable, Sequence

from nicegui import ui

from core.accounts.actor import Permission
from core.phrases import utc_second
from core.schemas.url import display_url
from dashboard.components.elements import badge, button, card_head, moment, only_for, status_shape, text
from dashboard.format import duration
from dashboard.queries.website import Facts
from dashboard.sections.website_words import cause_words, maintenance_words, since, spoken, status


class WebsiteHead:
    """The head, which is updated in place. The badge is redrawn when its words change."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        ui.link("Overview", "/").classes("ww-crumb")
        text("span", "/", "ww-muted").props("aria-hidden=true")
        self._name = text("h1", facts.website.name)
        self.badge()
        self._news = text("p", "", "ww-hidden").props("role=status")
        self._address = text("span", _address(facts), "ww-secondary ww-ellipsis")
        self._address.props["title"] = display_url(facts.website.url)

    def draw_notices(self) -> None:
        """Draw the notices about the cause of a failure and about maintenance."""
        self.cause()
        self.maintenance()

    def show(self, facts: Facts) -> None:
        """Show other facts."""
        before, self._facts = self._facts, facts
        if before.website.name != facts.website.name:
            self._name.props["textContent"] = facts.website.name
        if _address(before) != _address(facts):
            self._address.props["textContent"] = _address(facts)
        if (status(before), since(before)) != (status(facts), since(facts)):
            self.badge.refresh()
        if spoken(before) != spoken(facts):
            self._news.props["textContent"] = spoken(facts)
        if cause_words(before) != cause_words(facts):
            self.cause.refresh()
        if maintenance_words(before) != maintenance_words(facts):
            self.maintenance.refresh()

    @ui.refreshable_method
    def badge(self) -> None:
        """Draw the status as shape, colour and words; its start shows on hover."""
        began = since(self._facts)
        with ui.element("span").props(f'title="Since {utc_second(began)}"' if began else ""):
            badge(*status(self._facts))

    @ui.refreshable_method
    def cause(self) -> None:
        """Draw why the website is down, with a link to the evidence; or why it is degraded or fails at times."""
        notice = cause_words(self._facts)
        if notice is None:
            return
        words, window_id = notice
        if window_id is None:
            with ui.element("p").classes("ww-card ww-notice ww-cause ww-is-degraded"):
                status_shape("DEGRADED")
                text("b", words, "ww-breaks")
            return
        with ui.link(target=f"/downtime/{window_id}").classes("ww-card ww-notice ww-cause"):
            text("b", words, "ww-breaks")
            text("span", "View evidence", "ww-nowrap ww-end")

    @ui.refreshable_method
    def maintenance(self) -> None:
        """Draw a line about maintenance that runs or starts soon."""
        notice = maintenance_words(self._facts)
        if notice is None:
            return
        words, at, is_now = notice
        with ui.link(target="/maintenance").classes("ww-card ww-notice"):
            ui.element("i").classes("ww-hatch ww-is-now" if is_now else "ww-hatch")
            with ui.element("span"):
                text("span", f"{words} ")
                moment(at, is_long=True, is_planned=True)


def settings_card(rows: Sequence[tuple[str, str]], edit: Callable[[], None]) -> None:
    """Draw the website's settings, with a button to edit them."""
    with card_head("Settings"):
        ui.element("div").classes("ww-grow")
        only_for(Permission.WRITE, button("Edit settings", edit))
    with ui.element("dl").classes("ww-facts"):
        for name, value in rows:
            text("dt", name)
            text("dd", value)


def _address(facts: Facts) -> str:
    return f"{display_url(facts.website.url)} · every {duration(facts.website.check_interval)}"
