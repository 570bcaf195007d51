"""An unknown field is reported with the field that was probably meant, at any depth."""

import pytest
from pydantic import ValidationError

from core.schemas.configuration import Configuration
from core.schemas.known_fields import words_at

WEBSITE = {"url": "https://a.example"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"website": []}, "There is no field website. Did you mean websites?"),
        ({"websites": [WEBSITE | {"nam": "A"}]}, "There is no field nam. Did you mean name?"),
        (
            {"websites": [WEBSITE | {"check_options": {"basic_auth": {"username": "a", "pasword": "b"}}}]},
            "There is no field pasword. Did you mean password?",
        ),
        ({"websites": [WEBSITE | {"colour": "red"}]}, "There is no field colour."),
    ],
    ids=["at the top", "of an entry", "within an entry's options", "like none"],
)
def test_a_misspelt_field_is_reported_with_the_probable_one(given: object, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Configuration.model_validate(given)

    (problem,) = (one for one in refused.value.errors() if one["type"] == "extra_forbidden")
    assert words_at(Configuration, problem, problem["loc"]) == words
