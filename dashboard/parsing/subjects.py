"""What a rule or a plan of maintenance may be for, as a form offers it: all websites, those with a tag, or one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidInput
from core.models import Tag
from core.services.website import WebsiteName
from dashboard.url_numbers import read_id
from dashboard.words.website_names import told_apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that a form offers."""

    key: str
    """Of a subject: ``all``, ``website-7`` or ``tag-3``."""
    words: str


def subjects_among(tags: Iterable[Tag], websites: Iterable[WebsiteName], *, of_all: str, of_tag: str) -> list[Choice]:
    """What there is to choose; *of_all* is said of all websites, and *of_tag* before a tag's name."""
    return [
        Choice(key="all", words=of_all),
        *(Choice(key=f"tag-{tag.id}", words=f"{of_tag} {tag.name}") for tag in tags),
        *(Choice(key=f"website-{number}", words=words) for number, words in told_apart(websites).items()),
    ]


def subject_key(website_id: int | None, tag_id: int | None) -> str:
    """The key of what is for this website, for those with this tag, or for all."""
    return f"website-{website_id}" if website_id else f"tag-{tag_id}" if tag_id else "all"


def with_subject(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a rule or a plan of what a form gives, in which the key of a ``subject`` may stand.

    Raises:
        InvalidInput: The key stands for nothing.
    """
    of = subject_fields(given["subject"] or "") if "subject" in given else {}
    return {name: value for name, value in given.items() if name != "subject"} | of


def subject_fields(key: str) -> dict[str, int | None]:
    """The fields of a rule or a plan that is for what *key* stands for.

    Raises:
        InvalidInput: It stands for nothing.
    """
    kind, _dash, number = key.partition("-")
    if key != "all" and not (kind in ("website", "tag") and read_id(number)):
        raise InvalidInput("Choose all websites, a tag or a website.")
    return {
        "website_id": read_id(number) if kind == "website" else None,
        "tag_id": read_id(number) if kind == "tag" else None,
    }
