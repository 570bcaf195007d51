"""The form that edits many websites yields only the fields to change."""

import pytest

from core.errors import InvalidInput
from dashboard.components.bulk_edit_form import fields_of

EMPTY = {"check_interval": "", "timeout": " ", "auto_debug": ""}


def test_only_typed_fields_are_changed() -> None:
    assert fields_of(EMPTY | {"check_interval": " 300 "}) == {"check_interval": "300"}
    assert fields_of(EMPTY | {"auto_debug": "no"}) == {"auto_debug": False}
    assert fields_of(EMPTY | {"auto_debug": "yes"}) == {"auto_debug": None}


def test_an_empty_form_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one field"):
        fields_of(EMPTY)
