"""/settings: whether all is right with Watchwright itself, and what it was told at its start."""

import asyncio
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nicegui import ui
from pydantic import SecretStr

from core.accounts.actor import Permission
from core.config import PREFIX, Settings
from core.database import in_session
from core.doctor import Diagnosis, examine
from core.services import DebugSessionCRUD, DowntimeWindowCRUD, WebsiteCRUD
from dashboard.components.elements import card_head, only_for, status_shape, text
from dashboard.format import size
from dashboard.frame import frame
from dashboard.runtime import Runtime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

CONFIGURE = "Set as environment variables, read once at the start"
WITH_PASSWORDS = frozenset({"database_url", "browser_endpoint"})  # URLs that may hold one


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/settings", title="Settings · Watchwright")
    async def settings_page() -> None:
        diagnoses = await asyncio.to_thread(lambda: list(examine(runtime.settings)))
        counted = await in_session(count, runtime.settings)
        with frame("Settings"):
            with ui.element("div").classes("ww-title"):
                text("h1", "Settings")
                with ui.element("div").classes("ww-actions"):
                    for target, words in (("/users", "Accounts"), ("/audit", "Audit log")):
                        only_for(Permission.ADMINISTER, ui.link(words, target).classes("ww-button"))
            with ui.element("div").classes("ww-two"):
                _health(diagnoses)
                _store(counted)
            _settings(runtime.settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is in the store."""

    websites: int
    windows: int
    sessions: int
    store_bytes: int | None
    """Of SQLite's files; None where the store is a server's."""


def count(db: "Session", settings: Settings) -> Counted:
    """Count what is in the store; checks are left out, as counting millions takes seconds."""
    return Counted(
        websites=WebsiteCRUD.get_all(db, limit=0)[1],
        windows=DowntimeWindowCRUD.get_by_website(db, None, limit=0)[1],
        sessions=DebugSessionCRUD.get_by_website(db, None, limit=0)[1],
        store_bytes=_store_bytes(settings),
    )


def _store_bytes(settings: Settings) -> int | None:
    backend, _, name = settings.store_url.partition(":///")
    if not backend.startswith("sqlite") or not name:
        return None
    files = (Path(name), Path(f"{name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def shown(settings: Settings) -> dict[str, str]:
    """Each setting's variable and its value in words; passwords and keys are not in them."""
    return {f"{PREFIX}{name.upper()}": _in_words(name, getattr(settings, name)) for name in Settings.model_fields}


def _in_words(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return "set, not shown"
    if value is None or value in ("", frozenset()):
        return "not set"
    if name in WITH_PASSWORDS:
        return _without_password(str(value))
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return url if host == parts.netloc else parts._replace(netloc=f"***@{host}").geturl()


def _health(diagnoses: list[Diagnosis]) -> None:
    with ui.element("section").classes("ww-card"):
        with ui.element("div").classes("ww-card-head"):
            is_well = all(diagnosis.is_ok for diagnosis in diagnoses)
            card_head("Health", "all is well" if is_well else "something needs you")
        with ui.element("dl").classes("ww-facts"):
            for diagnosis in diagnoses:
                with ui.element("dt"), ui.element("span").classes("ww-stat-label"):
                    status_shape("UP" if diagnosis.is_ok else "DOWN")
                    text("span", diagnosis.name)
                text("dd", diagnosis.words)


def _store(counted: Counted) -> None:
    facts = {
        "Websites": f"{counted.websites:,}",
        "Downtime windows": f"{counted.windows:,}",
        "Debug sessions": f"{counted.sessions:,}",
        "Size of the store": size(counted.store_bytes) if counted.store_bytes is not None else "the server knows",
        "Watchwright": version("watchwright"),
        "Python": f"{platform.python_version()} on {platform.system()}",
    }
    with ui.element("section").classes("ww-card"):
        with ui.element("div").classes("ww-card-head"):
            card_head("About")
        _facts(facts)


def _settings(settings: Settings) -> None:
    with ui.element("section").classes("ww-card"):
        with ui.element("div").classes("ww-card-head"):
            card_head("In effect", CONFIGURE)
        _facts(shown(settings), mono=True)


def _facts(facts: dict[str, str], *, mono: bool = False) -> None:
    with ui.element("dl").classes("ww-facts"):
        for name, value in facts.items():
            text("dt", name, "ww-mono" if mono else "")
            text("dd", value, "ww-mono" if mono else "")
