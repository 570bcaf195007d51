"""Writes the store's contents as a document that can be applied again. Pure."""

from typing import Any

from core.configuration.objects import Contents, Fields
from core.configuration.wanted import masked_address
from core.schemas.configuration import VERSION, Configuration
from core.schemas.option_secrets import MASKED, SECRETS_OF
from core.services.website_secrets import masked_url


def document(present: Contents, name: str | None = None) -> dict[str, Any]:
    """Return everything *present*, or only what the configuration *name* manages, with masked secrets, no defaults.

    Applying the document to the same store changes only who manages the objects: a mask keeps the stored secret.
    """
    chosen = {
        kind: [item.fields for item in there.values() if name is None or item.managed_by == name]
        for kind, there in present.items()
    }
    named = {tag for fields in chosen["website"] for tag in fields["tags"]}
    sections: dict[str, list[Any]] = {
        "tags": [fields["name"] for fields in chosen["tag"] if fields["name"] not in named],
        "websites": [_website(fields) for fields in chosen["website"]],
        "channels": [_channel(fields) for fields in chosen["channel"]],
        "maintenance": [_brief("maintenance", fields) for fields in chosen["maintenance"]],
        "rules": [_brief("rules", fields) for fields in chosen["rule"]],
        "monthly_reports": [_brief("monthly_reports", fields) for fields in chosen["report"]],
        "status_pages": [_status_page(fields) for fields in chosen["status_page"]],
    }
    head: dict[str, Any] = {"version": VERSION} | ({"name": name} if name else {})
    return head | {section: entries for section, entries in sections.items() if entries}


def _website(fields: Fields) -> Fields:
    shown = dict(fields)
    shown["url"] = masked_url(shown["url"])
    for name, secrets in SECRETS_OF.items():
        if shown[name]:
            shown[name] = secrets.mask(shown[name])
    return _brief("websites", shown)


def _channel(fields: Fields) -> Fields:
    return _brief("channels", fields | {"address": masked_address(fields["kind"], fields["address"])})


def _status_page(fields: Fields) -> Fields:
    groups = [{name: value for name, value in group.items() if value} for group in fields["groups"]]
    return _brief("status_pages", fields | {"groups": groups, "password": MASKED if fields["password"] else None})


def _brief(section: str, fields: Fields) -> Fields:
    """Return *fields* in the order of their schema, without default values."""
    entry: Any = Configuration.model_fields[section].annotation.__args__[0]  # type: ignore[union-attr]
    defaults = {name: field.get_default(call_default_factory=True) for name, field in entry.model_fields.items()}
    return {name: fields[name] for name in _ordered(defaults) if fields.get(name) != defaults[name]}


def _ordered(names: dict[str, Any]) -> list[str]:
    first = [name for name in ("name", "url", "slug") if name in names]
    return first + [name for name in names if name not in first]
