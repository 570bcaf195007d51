"""/settings: settings in effect, storage, appearance, and the health of the installation."""

import asyncio
import platform
from collections.abc import Mapping
from importlib.metadata import version

from nicegui import ui

from core.accounts.actor import Permission
from core.clock import utc_now
from core.database import in_session
from core.doctor import examine
from core.doctor_fleet import Diagnosis
from core.phrases import sized
from core.services import regions, storage, workload
from core.services.storage import Stored
from core.services.workload import Workload
from dashboard.components.elements import card_head, moment, only_for, status_shape, text
from dashboard.components.keep_current import keep_current
from dashboard.components.tiles import Tiles
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.runtime import Runtime
from dashboard.sections.settings_words import (
    ALWAYS_MASKED,
    SECTIONS,
    description_of,
    load_tiles,
    names_of,
    shown,
    variable,
)
from dashboard.theme_choice import ThemeChoice
from dashboard.words.regions import heartbeat_words

HOW_TO_SET = "Environment variables, read at startup. To change one, set it and restart."
POLL_SECONDS = 2.0  # between two updates of the monitor's figures
NOTES = {
    "General": "network and storage",
    "Monitoring": "when a website counts as down",
    "Retention and storage": "how long data is stored",
    "Sign-in": "single sign-on with OpenID Connect, in addition to passwords",
    "Redaction": "what is masked before data is stored",
    "Browsers": "browsers for debug sessions, and when sessions start automatically",
    "Appearance": "stored in this browser",
    "About": "versions, database and the monitor's health",
}


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/settings", title="Settings · Watchwright", response_timeout=DRAW_SECONDS)
    async def settings_page() -> None:
        diagnoses = await asyncio.to_thread(lambda: list(examine(runtime.settings)))
        stored = await in_session(storage.stored)
        load = await in_session(workload.workload, utc_now())
        known = await in_session(regions.known)
        with frame("Settings") as theme:
            _title()
            with ui.element("div").classes("st-columns"):
                _menu()
                with ui.element("div").classes("st-sections"):
                    _sections(runtime, theme, stored)
                    _about(runtime, diagnoses, load, heartbeat_words(known, utc_now()))


def _title() -> None:
    with ui.element("div").classes("ww-title"):
        text("h1", "Settings")
        text("span", HOW_TO_SET, "ww-muted")
        with ui.element("div").classes("ww-actions"):
            for target, words in (("/users", "Accounts"), ("/audit", "Audit log")):
                only_for(Permission.ADMINISTER, ui.link(words, target).classes("ww-button"))


def _menu() -> None:
    with ui.element("nav").classes("st-menu").props('aria-label="Sections"'):
        for section in (*SECTIONS, "Appearance", "About"):
            ui.link(section, f"#{_anchor(section)}")


def _anchor(section: str) -> str:
    return section.lower().replace(" ", "-")


def _card(section: str) -> ui.element:
    card = ui.element("section").classes("ww-card").props(f"id={_anchor(section)}")
    with card:
        card_head(section, NOTES[section])
    return card


def _sections(runtime: Runtime, theme: ThemeChoice, stored: Stored) -> None:
    values = shown(runtime.settings)
    for section in SECTIONS:
        with _card(section):
            if section == "Retention and storage":
                _storage(stored)
            if section == "Redaction":
                text("p", ALWAYS_MASKED, "st-words")
            _settings({name: values[name] for name in names_of(section)})
    with _card("Appearance"), ui.element("div").classes("st-row"):
        with ui.element("div"):
            text("span", "Theme", "st-name")
            text("span", "Light, dark, or the system's setting.", "st-words")
        theme.draw_choices()


def _settings(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        with ui.element("div").classes("st-row"):
            with ui.element("div"):
                text("span", variable(name), "st-name ww-mono")
                text("span", description_of(name), "st-words")
            text("span", value, "st-value ww-mono" if value != "not set" else "st-value ww-muted")


def _storage(stored: Stored) -> None:
    free = f", of which {sized(stored.free_bytes)} is free for new rows" if stored.free_bytes else ""
    facts = {
        "Database size": f"{sized(stored.size_bytes)}{free}",
        "Checks": f"about {stored.checks:,}",
        "Downtime windows": f"{stored.windows:,}",
        "Debug sessions": f"{stored.sessions:,}, with about {stored.events:,} network events",
        "Pictures and traces": sized(stored.pictures_bytes),
    }
    with ui.element("dl").classes("ww-facts"):
        _facts(facts)
        for name, at in (("Oldest check", stored.oldest_check_at), ("Oldest session", stored.oldest_session_at)):
            text("dt", name)
            with ui.element("dd"):
                moment(at, is_long=True) if at else text("span", "none yet", "ww-muted")


def _about(runtime: Runtime, diagnoses: list[Diagnosis], load: Workload, regions: dict[str, str]) -> None:
    with _card("About"):
        tiles = Tiles(load_tiles(load, runtime.trouble), label="The monitor's health")
        with ui.element("dl").classes("ww-facts"):
            for diagnosis in diagnoses:
                with ui.element("dt"), ui.element("span").classes("ww-stat-label"):
                    status_shape("UP" if diagnosis.is_ok else "DOWN")
                    text("span", diagnosis.name)
                text("dd", diagnosis.words)
            _facts(
                {
                    "Watchwright": version("watchwright"),
                    "System": f"{platform.system()} {platform.release()}, {platform.machine()}",
                }
                | regions
            )

    async def look() -> None:
        tiles.show(load_tiles(await in_session(workload.workload, utc_now()), runtime.trouble))

    keep_current(look, POLL_SECONDS)


def _facts(facts: Mapping[str, str]) -> None:
    for name, value in facts.items():
        text("dt", name)
        text("dd", value)
