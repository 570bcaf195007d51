"""Implements `watchwright website`. A running server notices changes within seconds."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from core.database import run_in_session
from core.errors import InvalidInput, NotFound
from core.models import Website
from core.schemas.url import as_typed, display_url
from core.services import WebsiteCRUD
from dashboard.actions import websites
from dashboard.commands.db import open_store
from dashboard.commands.terminal import plain
from dashboard.parsing import flags
from dashboard.parsing.check_flags import OPTIONS, options_of
from dashboard.words.check import check_words
from dashboard.words.regions import regions_words

MAX_WEBSITES = 100_000  # websites
NAME_WIDTH = 32  # characters that names are padded to; longer names shift their line
FLAGS = {
    "name": "name",
    "check_interval": "interval",
    "timeout": "timeout",
    "tags": "tag",
    "depends_on": "depends-on",
    "regions": "region",
    "quorum": "quorum",
}
"""Each field, with the flag that sets it."""
Usual = dict[str, tuple[str, Any]]
USUAL: Usual = {"depends_on": ("depends_on", None), "tag": ("tags", []), "evidence": ("auto_debug", None)}
"""Flags beside those of a check that --reset accepts, with the field and default of each."""
ANYWHERE: Usual = {"region": ("regions", None), "quorum": ("quorum", None)}


def print_all(*, as_json: bool, tag: str | None = None) -> None:
    """Print all websites, or those with *tag*, oldest first."""
    with open_store(migrated=True):
        items, _total = run_in_session(websites.read_all, skip=0, limit=MAX_WEBSITES, tag=tag)
    if as_json:
        print(json.dumps([item.model_dump(mode="json") for item in items], indent=2))
        return
    width = min(max((len(plain(item.name)) for item in items), default=0), NAME_WIDTH)
    for item in items:
        state = "active" if item.is_active else "paused"
        tags = f"  [{', '.join(item.tags)}]" if item.tags else ""
        print(
            f"{item.id:>5}  {state}  {item.check_interval:>5} s  {plain(item.name):<{width}}  {item.url}{plain(tags)}"
        )
    if not items and tag is not None:
        print(f"No website has the tag {plain(tag)}.")
    elif not items:
        print("No websites yet. Add one with `watchwright website add https://example.com`.")


def show(reference: str, *, as_json: bool) -> None:
    """Print the settings of the website *reference*, without its secrets."""
    with open_store(migrated=True):
        website = run_in_session(lambda db: websites.read_one(db, named(db, reference)))
    if as_json:
        print(website.model_dump_json(indent=2))
        return
    facts = [
        ("Name", website.name),
        ("URL", website.url),
        ("Tags", ", ".join(website.tags) or "none"),
        ("Checked", f"every {website.check_interval} s, timeout {website.timeout} s"),
        ("State", "active" if website.is_active else "paused"),
        ("Depends on", website.depends_on or "nothing"),
        *([("Regions", regions_words(website.regions, website.quorum))] if website.regions else []),
        ("Evidence", "not recorded automatically" if website.auto_debug is False else "recorded automatically"),
        *check_words(website.check_options or {}),
    ]
    for name, value in facts:
        print(f"{name + ':':<22}{plain(value)}")


def add(url: str, *, check: dict[str, Any], **fields: Any) -> None:
    """Add *url* with the *check* flags. Fields that are None keep their defaults."""
    values = _set_values(fields)
    values["check_options"] = options_of(check).model_dump(mode="json", exclude_defaults=True) or None
    with open_store(migrated=True), flags.named(FLAGS):
        website = asyncio.run(websites.add({"url": as_typed(url), **values}))
    print(f"Added {plain(website.name)} as website {website.id}, checked every {website.check_interval} s.")


def change(
    reference: str, *, check: dict[str, Any], reset: list[str], is_anywhere: bool = False, **fields: Any
) -> None:
    """Change the given fields and flags of the website *reference*. Flags in *reset* get their defaults again.

    *is_anywhere* removes its regions.

    Raises:
        InvalidInput: A flag is invalid, *reset* names an unknown flag, or nothing is to be changed.
    """
    values, reset_flags = _set_values(fields), [flag.lstrip("-").replace("-", "_") for flag in reset]
    if not (values or reset_flags or is_anywhere or any(value not in (None, []) for value in check.values())):
        raise InvalidInput("Nothing to change was given. See `watchwright website change --help`.")
    if is_anywhere:
        _reset_options(ANYWHERE, values, "--anywhere takes all regions away")
    for flag in USUAL.keys() & reset_flags:
        _reset_options({flag: USUAL[flag]}, values, f"--reset {_dashed(flag)} takes it away")
    with open_store(migrated=True):
        website = run_in_session(lambda db: websites.read_one(db, named(db, reference)))
        options = options_of(check, beside=_without(website.check_options or {}, reset_flags))
        values["check_options"] = options.model_dump(mode="json", exclude_defaults=True) or None
        with flags.named(FLAGS | {"url": "url"}):
            asyncio.run(websites.change(website.id, values))
    print(f"Changed {plain(website.name)}.")


def _set_values(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that are given. URLs may be bare hosts."""
    values = {name: value for name, value in fields.items() if value not in (None, [])}
    return values | {name: as_typed(values[name]) for name in ("url", "depends_on") if name in values}


def _reset_options(flags: Usual, values: dict[str, Any], words: str) -> None:
    for flag, (field, usual) in flags.items():
        if field in values:
            raise InvalidInput(f"{words}; leave --{_dashed(flag)} out.")
        values[field] = usual


def _dashed(flag: str) -> str:
    return flag.replace("_", "-")


def _without(options: dict[str, Any], reset_flags: list[str]) -> dict[str, Any]:
    known = [*OPTIONS, *USUAL]
    if unknown := [flag for flag in reset_flags if flag not in (*known, "all")]:
        words = ", ".join(map(_dashed, known))
        raise InvalidInput(f"--reset: there is no flag {_dashed(unknown[0])}; there are {words} and all.")
    names = (
        set(OPTIONS.values()) if "all" in reset_flags else {OPTIONS[flag] for flag in reset_flags if flag in OPTIONS}
    )
    return {name: value for name, value in options.items() if name not in names}


def remove(reference: str, *, ask: Callable[[str], object]) -> None:
    """Delete the website *reference*, unless *ask* raises when called with the website's name and URL."""
    with open_store(migrated=True):
        website = run_in_session(named, reference)
        ask(f"{plain(website.name)} ({display_url(website.url)})")
        asyncio.run(websites.remove(website.id))
    print(f"Deleted {plain(website.name)}.")


def set_active(reference: str, *, is_active: bool) -> None:
    """Pause or resume the website *reference*."""
    with open_store(migrated=True):
        website = run_in_session(named, reference)
        asyncio.run(websites.change(website.id, {"is_active": is_active}))
    print(f"{'Resumed' if is_active else 'Paused'} {plain(website.name)}.")


def named(db: Session, reference: str) -> Website:
    """Return the website with this URL, bare host or id.

    Raises:
        NotFound: No website matches.
    """
    website = WebsiteCRUD.get_by_url(db, reference)
    if website is None and reference.isdecimal():
        website = WebsiteCRUD.get_by_id(db, int(reference))
    website = (
        website or WebsiteCRUD.get_by_url(db, as_typed(reference)) or WebsiteCRUD.get_by_url(db, f"https://{reference}")
    )
    if website is None:
        raise NotFound(f"There is no website {reference}. `watchwright website list` prints all websites.")
    return website
