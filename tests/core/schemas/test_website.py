"""Websites are validated, with one sentence per error."""

import pytest
from pydantic import ValidationError

from core.schemas import WebsiteCreate, WebsiteRead, WebsiteUpdate, explain
from tests.factories import NOON


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"check_interval": 4}, "between 5 and 86400 seconds, not 4"),
        ({"check_interval": 86_401}, "between 5 and 86400 seconds, not 86401"),
        ({"timeout": 0}, "at least 1 second, not 0"),
        ({"check_interval": 20, "timeout": 21}, "The timeout (21 s) must not be longer than the check interval (20 s)"),
        ({"check_interval": "often"}, "check_interval: must be a whole number."),
        ({"is_active": "perhaps"}, "is_active: must be true or false."),
        ({"name": "x" * 256}, "name: must have at most 255 characters."),
    ],
)
def test_a_value_out_of_bounds_is_refused_in_one_sentence(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate.model_validate({"url": "https://example.com", **given})

    assert says in explain(refused.value)


def test_a_missing_url_is_reported() -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate.model_validate({})

    assert explain(refused.value) == "url is missing."


@pytest.mark.parametrize(("interval", "timeout"), [(5, 5), (9, 9), (10, 10), (60, 10), (86_400, 10)])
def test_a_default_timeout_fits_the_interval(interval: int, timeout: int) -> None:
    assert WebsiteCreate(url="https://example.com", check_interval=interval).timeout == timeout


def test_the_default_name_is_the_host() -> None:
    assert WebsiteCreate(url="https://u:p@shop.example:8443/x").name == "shop.example"
    assert WebsiteCreate(url="https://shop.example", name="  Shop ").name == "Shop"


def test_an_update_contains_only_given_fields() -> None:
    assert WebsiteUpdate(name="Shop").model_dump(exclude_unset=True) == {"name": "Shop"}
    with pytest.raises(ValidationError):
        WebsiteUpdate(url="file:///etc/passwd")


def test_credentials_are_never_read_back() -> None:
    row = {"id": 1, "name": "n", "description": None, "check_interval": 60, "timeout": 10, "is_active": True}
    read = WebsiteRead.model_validate(
        {**row, "url": "https://user:s3cret@example.com:81/p", "created_at": NOON, "updated_at": NOON}
    )

    assert read.url == "https://example.com:81/p"
    assert "s3cret" not in read.model_dump_json()
