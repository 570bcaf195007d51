"""The input for an account is validated."""

import pytest

from core.errors import InvalidInput
from core.schemas import UserCreate


def test_all_empty_fields_are_named_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        UserCreate.checked({"name": "", "password": ""})

    assert refused.value.by_field == {"name": "This is required.", "password": "This is required."}
