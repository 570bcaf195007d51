"""The subject of a rule or a maintenance window: all websites, a tag, or a website."""

import pytest

from core.errors import InvalidInput
from core.models import Tag
from core.services.website import WebsiteName
from dashboard.parsing.subjects import subject_fields, subject_key, subjects_among, with_subject


def test_all_websites_come_first_then_tags_then_websites_by_name() -> None:
    websites = [WebsiteName(id=1, name="Shop", url="https://s/"), WebsiteName(id=2, name="Blog", url="https://b/")]

    offered = subjects_among([Tag(id=3, name="eu")], websites, of_all="All websites", of_tag="Tag")

    assert [(one.key, one.words) for one in offered] == [
        ("all", "All websites"),
        ("tag-3", "Tag eu"),
        ("website-2", "Blog"),
        ("website-1", "Shop"),
    ]


def test_a_subject_has_a_key() -> None:
    assert [subject_key(7, None), subject_key(None, 3), subject_key(None, None)] == ["website-7", "tag-3", "all"]


def test_a_key_is_parsed_or_refused() -> None:
    both = [(7, None), (None, 3), (None, None)]
    assert [tuple(subject_fields(subject_key(*one)).values()) for one in both] == both

    for key in ("website-x", "website-²", f"tag-{'9' * 5_000}"):
        with pytest.raises(InvalidInput, match="Choose all websites"):
            subject_fields(key)


def test_a_form_without_subject_changes_none() -> None:
    assert with_subject({"name": "Nights", "subject": "tag-3"}) == {"name": "Nights", "website_id": None, "tag_id": 3}
    assert with_subject({"name": "Nights"}) == {"name": "Nights"}
