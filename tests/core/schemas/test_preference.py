"""A choice of columns from a browser is validated."""

import pytest
from pydantic import ValidationError

from core.schemas.preference import ColumnChoice


def test_a_choice_is_stored_as_the_view_sent_it() -> None:
    given = {"hidden": ["size"], "widths": {"time": 90.0}, "tableShare": 0.4}

    assert ColumnChoice.model_validate(given).model_dump(by_alias=True) == given


@pytest.mark.parametrize(
    "given",
    [{"hidden": ["x"] * 41}, {"hidden": ["<b>"]}, {"widths": {"time": 1e9}}, {"tableShare": 2}],
    ids=["too many", "no name", "too wide", "no share"],
)
def test_an_invalid_choice_is_rejected(given: object) -> None:
    with pytest.raises(ValidationError):
        ColumnChoice.model_validate(given)
