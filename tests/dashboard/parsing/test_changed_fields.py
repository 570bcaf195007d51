"""Which fields of a form were changed."""

from dashboard.parsing.changed_fields import changed_fields


def test_only_changed_fields_are_returned() -> None:
    opened = {"title": "Shop", "lines": ["a"], "domain": None}

    assert changed_fields({"title": "Shop", "lines": ["a", "b"], "domain": None}, opened) == {"lines": ["a", "b"]}
    assert changed_fields(opened | {"password": None}, opened) == {"password": None}  # to be removed


def test_grouped_fields_are_returned_together() -> None:
    opened = {"name": "Nights", "quiet_from": "22:00", "quiet_until": "07:00"}
    hours = frozenset({"quiet_from", "quiet_until"})

    assert changed_fields(opened | {"quiet_from": "23:00"}, opened, hours) == {
        "quiet_from": "23:00",
        "quiet_until": "07:00",
    }
    assert changed_fields(opened | {"name": "All"}, opened, hours) == {"name": "All"}
