"""Splits rules and maintenance for several websites: into one for a tag of theirs, or one per website. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, count
from typing import Any

from core.importers.import_data import ImportData

Entry = dict[str, Any]
Bearers = dict[str, set[str]]
FEW = 5  # websites; more without a common tag get one, because nobody maintains hundreds of rules
WORDS = {"rules": "notification", "maintenance": "maintenance"}
MAX_CHARACTERS = 64  # characters of a tag


def split_groups(found: ImportData, there: Mapping[str, Collection[str]]) -> dict[str, list[Entry]]:
    """Return the sections of *found*, with entries for several ``websites`` split.

    Args:
        found: What an importer read.
        there: The tags of those of its websites that the store has, by URL. An import does not change them, so a
            website without the entry's tag gets an entry of its own.
    """
    websites = [dict(website) for website in found.sections["websites"]]
    bearers: Bearers = defaultdict(set)
    for website in websites:
        for tag in website.get("tags") or ():
            bearers[tag].add(website["url"])
    sections = dict(found.sections) | {"websites": websites}
    for section, word in WORDS.items():
        sections[section] = []
        for entry in found.sections[section]:
            if "websites" not in entry:
                sections[section].append(entry)
                continue
            urls = set(entry["websites"])
            tag = _shared(urls, bearers) or _given(f"{word}: {entry['name']}", urls, websites, bearers)
            sections[section] += _split(section, entry, tag, there)
    return sections


def _shared(urls: set[str], bearers: Bearers) -> str | None:
    shared = [tag for tag, borne_by in bearers.items() if borne_by == urls]
    return min(shared, key=lambda tag: (len(tag), tag)) if shared and len(urls) > 1 else None


def _given(name: str, urls: set[str], websites: list[Entry], bearers: Bearers) -> str | None:
    """Give a new tag called *name* to the websites at *urls*; returns None if they are few."""
    if len(urls) <= FEW:
        return None
    words = " ".join(name.replace(",", " ").lower().split())
    tags = (f"{words[: MAX_CHARACTERS - len(end)].strip()}{end}" for end in chain([""], map(" {}".format, count(2))))
    tag = next(tag for tag in tags if tag not in bearers)
    bearers[tag] = urls
    for website in websites:
        if website["url"] in urls:
            website["tags"] = [*(website.get("tags") or ()), tag]
    return tag


def _split(section: str, entry: Entry, tag: str | None, there: Mapping[str, Collection[str]]) -> Iterator[Entry]:
    common = {name: value for name, value in entry.items() if name != "websites"}
    if tag is not None:
        is_its_own = tag.startswith(f"{WORDS[section]}: ")
        yield common | {"tag": tag} | ({} if is_its_own else {"name": _name(section, entry, tag)})
    for url in entry["websites"]:
        if tag is None or (url in there and tag not in there[url]):
            yield common | {"name": _name(section, entry, url), "website": url}


def _name(section: str, entry: Entry, subject: str) -> str:
    """Return the entry's name; rules include *subject* because messages show their name only."""
    return f"{entry['name']}: {subject}"[:255] if section == "rules" else str(entry["name"])
