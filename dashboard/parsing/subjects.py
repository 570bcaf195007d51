"""The choices of what a rule or maintenance applies to: all websites, those with a tag, or one website."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput
from core.models import Tag
from core.services.website import WebsiteName
from dashboard.url_numbers import read_id
from dashboard.words.website_names import distinct_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a form's select."""

    key: str
    """For a subject: ``all``, ``website-7`` or ``tag-3``."""
    words: str


def subjects_among(tags: Iterable[Tag], websites: Iterable[WebsiteName], *, of_all: str, of_tag: str) -> list[Choice]:
    """Return the choices. *of_all* is the label of all websites, *of_tag* is put before each tag's name."""
    return [
        Choice(key="all", words=of_all),
        *(Choice(key=f"tag-{tag.id}", words=f"{of_tag} {tag.name}") for tag in tags),
        *(Choice(key=f"website-{number}", words=words) for number, words in distinct_names(websites).items()),
    ]


def subject_key(website_id: int | None, tag_id: int | None) -> str:
    """Return the key of this website, else of this tag, else of all websites."""
    return f"website-{website_id}" if website_id else f"tag-{tag_id}" if tag_id else "all"


def with_subject(values: dict[str, Any]) -> dict[str, Any]:
    """Return *values* with its ``subject`` key, if any, replaced by the fields it stands for.

    Raises:
        InvalidInput: The key is not a valid subject.
    """
    of = subject_fields(values["subject"] or "") if "subject" in values else {}
    return {name: value for name, value in values.items() if name != "subject"} | of


def subject_fields(key: str) -> dict[str, int | None]:
    """Return the fields of a rule or maintenance for the subject *key*.

    Raises:
        InvalidInput: The key is not a valid subject.
    """
    kind, _dash, number = key.partition("-")
    if key != "all" and not (kind in ("website", "tag") and read_id(number)):
        raise InvalidInput("Choose all websites, a tag or a website.")
    return {
        "website_id": read_id(number) if kind == "website" else None,
        "tag_id": read_id(number) if kind == "tag" else None,
    }
