"""Regions and quorums are validated."""

import pytest
from pydantic import ValidationError

from core.schemas import WebsiteCreate
from core.schemas.base import explain
from core.schemas.region import majority


@pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_the_default_quorum_is_more_than_half(count: int, needed: int) -> None:
    assert majority([f"region-{number}" for number in range(count)]) == needed


def test_duplicate_regions_are_removed_and_an_empty_list_is_none() -> None:
    named = WebsiteCreate(url="https://a.example", regions=["eu", "us", "eu"], quorum=2)
    nowhere = WebsiteCreate(url="https://a.example", regions=[])

    assert (named.regions, named.quorum, nowhere.regions) == (["eu", "us"], 2, None)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"quorum": 2}, "name the regions too."),
        ({"regions": ["eu", "us"], "quorum": 3}, "must not be larger than the number of regions (2 regions)."),
        ({"regions": ["eu"], "quorum": 0}, "quorum: must be 1 or more."),
        ({"regions": ["EU west"]}, "'EU west' is not a region name: use up to 32 lower-case letters"),
        ({"regions": [f"r{number}" for number in range(17)]}, "regions: must have at most 16"),
    ],
)
def test_invalid_regions_are_refused_in_one_sentence(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        WebsiteCreate.model_validate({"url": "https://a.example", **given})

    assert says in explain(refused.value)
