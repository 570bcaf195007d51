"""Converts a configuration's status pages to the form in which the store's are read."""

from typing import Any

from core.accounts import passwords
from core.configuration.objects import Fields, Present, website_key
from core.errors import InvalidInput
from core.schemas.configuration import StatusGroupEntry, StatusPageEntry
from core.schemas.option_secrets import MASKED
from core.schemas.status_page import MAX_WEBSITES


def page_fields(entry: StatusPageEntry, there: Present | None) -> Fields:
    """Return the fields of *entry*; a password that matches the stored hash of *there* keeps that hash.

    Raises:
        InvalidInput: A website or tag is on the page twice, the page has too many websites, or its password is masked
            and none is stored.
    """
    stored = there.fields["password"] if there else None
    fields: Fields = entry.model_dump(mode="json", exclude={"groups", "password"})
    return fields | {"groups": _groups(entry.groups), "password": _password(entry.password, stored)}


def _groups(entries: list[StatusGroupEntry]) -> list[Fields]:
    """Merge groups of the same name, and drop empty ones."""
    groups: dict[str, dict[str, Any]] = {}
    for entry in entries:
        group = groups.setdefault(entry.name, {"name": entry.name, "websites": [], "tags": []})
        group["websites"] += [website_key(url) for url in entry.websites]
        group["tags"] += entry.tags
    for names in ("websites", "tags"):
        every = [name for group in groups.values() for name in group[names]]
        twice = next((name for name in every if every.count(name) > 1), None)
        if twice is not None:
            raise InvalidInput(f"This status page contains {twice} twice.")
    if sum(len(group["websites"]) for group in groups.values()) > MAX_WEBSITES:
        raise InvalidInput(f"A status page shows at most {MAX_WEBSITES} websites.")
    return [group for group in groups.values() if group["websites"] or group["tags"]]


def _password(given: str | None, stored: str | None) -> str | None:
    if given is None:
        return None
    if given == MASKED and stored is None:
        raise InvalidInput(f"{MASKED} stands for a stored password, but none is stored. Give it as {{env: NAME}}.")
    return stored if given == MASKED or passwords.verifies(given, stored) else passwords.hashed(given)
