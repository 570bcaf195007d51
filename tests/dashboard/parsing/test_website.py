"""The inputs of a website's form convert to its fields and back."""

from typing import Any

import pytest

from core.schemas import WebsiteCreate
from dashboard.parsing.flags import NOT_TOGETHER
from dashboard.parsing.website import fields_of, problems, typed_of

TYPED: dict[str, Any] = {
    "url": "shop.example",
    "name": "",
    "description": "",
    "check_interval": "60",
    "timeout": "10",
    "tags": "shop, EU",
    "follow_redirects": True,
    "verify_tls": True,
}


def test_evidence_is_gathered_unless_it_is_switched_off() -> None:
    on, off = fields_of(TYPED), fields_of(TYPED | {"auto_debug": False})

    assert (on["auto_debug"], off["auto_debug"]) == (None, False)
    assert (typed_of(on)["auto_debug"], typed_of(off)["auto_debug"]) == (True, False)


def test_a_bare_host_is_accepted() -> None:
    website = WebsiteCreate.model_validate(fields_of(TYPED))

    assert (website.url, website.tags, website.check_options) == ("https://shop.example", ["shop", "eu"], None)


@pytest.mark.parametrize(
    ("typed", "given"),
    [("", None), ("router.example", "https://router.example"), ("http://10.0.0.1/", "http://10.0.0.1/")],
)
def test_a_dependency_is_a_url_or_a_bare_host(typed: str, given: str | None) -> None:
    website = WebsiteCreate.model_validate(fields_of(TYPED | {"depends_on": typed}))

    assert website.depends_on == given
    assert typed_of(website.model_dump())["depends_on"] == given


def test_an_invalid_dependency_is_reported_at_its_field() -> None:
    assert list(problems(TYPED | {"depends_on": "javascript:alert(1)"})) == ["depends_on"]


def test_regions_are_typed_with_commas_and_shown_that_way() -> None:
    given = fields_of(TYPED | {"regions": "EU, us , ap", "quorum": "2"})
    wrong = problems(TYPED | {"regions": "eu west"})

    website = WebsiteCreate.model_validate(given)
    assert (website.regions, website.quorum) == (["eu", "us", "ap"], 2)
    assert typed_of(website.model_dump())["regions"] == "eu, us, ap"
    assert list(wrong) == ["regions"]
    assert fields_of(TYPED)["regions"] is None


def test_stored_values_fill_the_form() -> None:
    typed = TYPED | {
        "method": "POST",
        "header": ["Accept: text/html"],
        "basic_user": "ann",
        "basic_password": "a:b",
        "accept": "200-299,401",
        "json_equals": ["$.status = ok"],
        "max_response_ms": "800",
        "verify_tls": False,
        "ip": "6",
    }

    given = fields_of(typed)

    assert fields_of(typed_of(given) | {"max_response_ms": "800"}) == given


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"url": ""}, "url", ""),
        ({"url": "ftp://a.example"}, "url", "http"),
        ({"check_interval": "soon"}, "check_interval", ""),
        ({"accept": "2xx-9"}, "accept", ""),
        ({"matches": "("}, "matches", ""),
        ({"header": ["no colon"]}, "header", "NAME: VALUE"),
        ({"json_equals": ["status ok"]}, "json_equals", "PATH = VALUE"),
        ({"basic_password": "x"}, "basic_user", ""),
        ({"proxy": "shop"}, "proxy", ""),
        ({"max_redirects": "-1"}, "max_redirects", ""),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_each_field_has_its_error(changed: dict[str, Any], field: str, words: str) -> None:
    wrong = problems(TYPED | changed)

    assert list(wrong) == [field]
    assert words in wrong[field]
    assert wrong[field].endswith(".")


def test_errors_of_several_fields_are_separate() -> None:
    wrong = problems(TYPED | {"basic_user": "ann", "basic_password": "x", "bearer_token": "y"})

    assert list(wrong) == [NOT_TOGETHER]
