"""Converts a configuration to the form in which the store's contents are read. Pure."""

from collections.abc import Callable
from functools import partial
from typing import Any

from core.configuration.objects import Contents, Fields, Path, Problem, Wanted, numbered, report_name, website_key
from core.configuration.references import wrong_references
from core.configuration.wanted_pages import page_fields
from core.errors import InvalidInput, UnusableConfiguration
from core.models import ChannelKind, Website
from core.schemas.configuration import Configuration, ReportEntry, has_mask
from core.schemas.notification_channel import address_of
from core.schemas.option_secrets import MASKED, SECRETS_OF
from core.schemas.url import spellings
from core.services.website_secrets import with_secrets


def wanted_objects(configuration: Configuration, present: Contents) -> dict[str, list[Wanted]]:
    """Return the objects of *configuration* by kind, with masked secrets replaced by those that are *present*.

    Raises:
        UnusableConfiguration: A reference is neither in the configuration nor present, an object is defined twice, or
            a masked secret is not stored.
    """
    problems: list[Problem] = []
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
    problems += wrong_references(wanted, present)
    if problems:
        raise UnusableConfiguration(problems)
    return wanted


def masked_address(kind: str, address: Fields) -> Fields:
    """Return the *address* of a channel with its secrets masked."""
    secret = ("password", "username") if kind == ChannelKind.EMAIL else ("url", "secret")
    return {name: MASKED if name in secret and value else value for name, value in address.items()}


def _websites(configuration: Configuration, present: Contents, problems: list[Problem]) -> list[Wanted]:
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
    names = ("url", *SECRETS_OF)
    website = Website(**{name: stored[name] for name in names}) if stored else None
    kept = with_secrets(fields, website)
    if stored and stored["url"] in spellings(kept["url"]):
        kept["url"] = stored["url"]
    return kept


def _channels(configuration: Configuration, present: Contents, problems: list[Problem]) -> list[Wanted]:
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


def _status_pages(configuration: Configuration, present: Contents, problems: list[Problem]) -> list[Wanted]:
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


def _kept(work: Callable[[], Fields], path: Path, problems: list[Problem]) -> Fields | None:
    try:
        return work()
    except InvalidInput as error:
        problems.append((path, str(error)))
        return None
