"""Converts a configuration to the form in which the store's contents are read. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.configuration.contents import Contents, Fields, numbered, report_name, website_key
from core.configuration.wanted_pages import page_fields
from core.errors import InvalidInput, UnusableConfiguration
from core.models import ChannelKind, Website
from core.schemas.configuration import Configuration, ReportEntry, has_mask
from core.schemas.notification_channel import address_of
from core.schemas.session_options import MASKED
from core.schemas.url import display_url, spellings
from core.services.website_secrets import KEPT, with_secrets

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One object that a configuration defines."""

    key: str
    path: Path
    """Its position in the document."""
    fields: Fields


def wanted_objects(configuration: Configuration, present: Contents) -> dict[str, list[Wanted]]:
    """Return the objects of *configuration* by kind, with masked secrets replaced by those that are *present*.

    Raises:
        UnusableConfiguration: A reference is neither in the configuration nor present, an object is defined twice, or
            a masked secret is not stored.
    """
    problems: list[tuple[Path, str]] = []
    wanted = {
        "tag": [
            Wanted(key=name, path=("tags", number), fields={"name": name})
            for number, name in enumerate(dict.fromkeys(configuration.tags))
        ],
        "website": _websites(configuration, present, problems),
        "channel": _channels(configuration, present, problems),
        "maintenance": _named("maintenance", configuration.maintenance),
        "rule": _named("rules", configuration.rules),
        "report": _reports(configuration.monthly_reports),
        "status_page": _status_pages(configuration, present, problems),
    }
    _require_references(wanted, present, problems)
    if problems:
        raise UnusableConfiguration(problems)
    return wanted


def masked_address(kind: str, address: Fields) -> Fields:
    """Return the *address* of a channel with its secrets masked."""
    secret = ("password", "username") if kind == ChannelKind.EMAIL else ("url", "secret")
    return {name: MASKED if name in secret and value else value for name, value in address.items()}


def _websites(configuration: Configuration, present: Contents, problems: list[tuple[Path, str]]) -> list[Wanted]:
    found: dict[str, Wanted] = {}
    for number, entry in enumerate(configuration.websites):
        path: Path = ("websites", number)
        key = website_key(entry.url)
        if key in found:
            problems.append(((*path, "url"), f"This file contains {key} twice."))
            continue
        fields = entry.model_dump(mode="json") | {"tags": sorted(set(entry.tags))}
        there = present["website"].get(key)
        kept = _kept(partial(_with_secrets, fields, there.fields if there else None), path, problems)
        found[key] = Wanted(key=key, path=path, fields=kept or fields)
    return list(found.values())


def _with_secrets(fields: Fields, stored: Fields | None) -> Fields:
    names = ("url", *KEPT)
    website = Website(**{name: stored[name] for name in names}) if stored else None
    kept = with_secrets(fields, website)
    if stored and stored["url"] in spellings(kept["url"]):
        kept["url"] = stored["url"]
    return kept


def _channels(configuration: Configuration, present: Contents, problems: list[tuple[Path, str]]) -> list[Wanted]:
    found: dict[str, Wanted] = {}
    for number, entry in enumerate(configuration.channels):
        path: Path = ("channels", number)
        if entry.name in found:
            problems.append(((*path, "name"), f"Another channel in this file has the name {entry.name}."))
            continue
        fields = entry.model_dump(mode="json")
        there = present["channel"].get(entry.name)
        if there and there.fields["kind"] != fields["kind"]:
            problems.append(
                ((*path, "kind"), f"{entry.name} exists already with the kind {there.fields['kind']}. Rename this one.")
            )
        stored = there.fields["address"] if there else {}
        kept = _kept(partial(_address, fields["kind"], fields["address"], stored), path, problems)
        found[entry.name] = Wanted(key=entry.name, path=path, fields=fields | ({"address": kept} if kept else {}))
    return list(found.values())


def _address(kind: str, given: Fields, stored: Fields) -> Fields:
    kept = {name: stored.get(name, value) if value == MASKED else value for name, value in given.items()}
    if has_mask(kept):
        name = next(name for name, value in kept.items() if value == MASKED)
        raise InvalidInput(f"{MASKED} stands for a stored {name}, but none is stored. Give it as {{env: NAME}}.")
    try:
        return address_of(ChannelKind(kind), kept).model_dump(mode="json")
    except ValueError as error:
        raise InvalidInput(str(error)) from error


def _named(section: str, entries: list[Any]) -> list[Wanted]:
    keys = numbered(entry.name for entry in entries)
    found = []
    for number, (key, entry) in enumerate(zip(keys, entries, strict=True)):
        fields = entry.model_dump(mode="json")
        if fields["website"]:
            fields["website"] = website_key(fields["website"])
        if "starts_at" in fields:
            fields["starts_at"] = entry.starts_at.isoformat()
        found.append(Wanted(key=key, path=(section, number), fields=fields))
    return found


def _reports(entries: list[ReportEntry]) -> list[Wanted]:
    keys = numbered(report_name(entry.tag) for entry in entries)
    return [
        Wanted(key=key, path=("monthly_reports", number), fields=entry.model_dump(mode="json"))
        for number, (key, entry) in enumerate(zip(keys, entries, strict=True))
    ]


def _status_pages(configuration: Configuration, present: Contents, problems: list[tuple[Path, str]]) -> list[Wanted]:
    found: dict[str, Wanted] = {}
    for number, entry in enumerate(configuration.status_pages):
        path: Path = ("status_pages", number)
        if entry.slug in found:
            problems.append(((*path, "slug"), f"Another status page in this file has the slug {entry.slug}."))
            continue
        if entry.domain is not None and entry.domain in (wanted.fields["domain"] for wanted in found.values()):
            problems.append(((*path, "domain"), f"Another status page in this file has the domain {entry.domain}."))
        fields = _kept(partial(page_fields, entry, present["status_page"].get(entry.slug)), path, problems)
        if fields is not None:
            found[entry.slug] = Wanted(key=entry.slug, path=path, fields=fields)
    return list(found.values())


def _require_references(wanted: dict[str, list[Wanted]], present: Contents, problems: list[tuple[Path, str]]) -> None:
    there = {kind: present[kind].keys() | {item.key for item in wanted[kind]} for kind in ("website", "channel")}
    shown = {display_url(key) for key in there["website"]}
    for website in wanted["website"]:
        parent = website.fields.get("depends_on")
        if parent is not None and display_url(website_key(parent)) not in shown:
            problems.append(
                ((*website.path, "depends_on"), f"There is no website {parent} in the database or in this file.")
            )
    _require_no_circle(wanted["website"], present, problems)
    for item in (*wanted["maintenance"], *wanted["rule"], *wanted["report"], *wanted["status_page"]):
        for name, keys in there.items():
            reference = item.fields.get(name)
            if reference is not None and reference not in keys:
                problems.append(
                    ((*item.path, name), f"There is no {name} {reference} in the database or in this file.")
                )
    kinds = {key: row.fields["kind"] for key, row in present["channel"].items()}
    kinds |= {item.key: item.fields["kind"] for item in wanted["channel"]}
    by_mail = {"report": "A monthly report is sent", "status_page": "Subscribers are notified"}
    for kind, who in by_mail.items():
        for item in wanted[kind]:
            channel = item.fields["channel"]
            if kinds.get(channel, ChannelKind.EMAIL) != ChannelKind.EMAIL:
                words = f"{who} by e-mail, but {channel} is not an e-mail channel."
                problems.append(((*item.path, "channel"), words))
    for page in wanted["status_page"]:
        named = [key for group in page.fields["groups"] for key in group["websites"]]
        missing = [key for key in named if key not in there["website"]]
        problems += [
            ((*page.path, "groups"), f"There is no website {key} in the database or in this file.") for key in missing
        ]


def _require_no_circle(wanted: list[Wanted], present: Contents, problems: list[tuple[Path, str]]) -> None:
    """Refuse websites that depend on themselves: if all of such a ring were down, no failure would be reported."""
    given = {key: row.fields for key, row in present["website"].items()} | {item.key: item.fields for item in wanted}
    parents = {
        display_url(key): display_url(website_key(fields["depends_on"]))
        for key, fields in given.items()
        if fields.get("depends_on")
    }
    for website in wanted:
        own = display_url(website.key)
        behind = [own]
        while (parent := parents.get(behind[-1])) and parent not in behind:
            behind.append(parent)
        if parent == own:
            problems.append(((*website.path, "depends_on"), f"{own} would depend on itself."))


def _kept(work: Callable[[], Fields], path: Path, problems: list[tuple[Path, str]]) -> Fields | None:
    try:
        return work()
    except InvalidInput as error:
        problems.append((path, str(error)))
        return None
