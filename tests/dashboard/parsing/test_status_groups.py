"""The contents of a status page, as lines."""

import pytest
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from dashboard.parsing.status_groups import as_groups, as_lines
from tests.factories import make_website


def test_lines_and_groups_convert_both_ways(db: Session) -> None:
    shop = make_website(db, name="Shop", url="https://shop.example/")
    lines = ["https://shop.example/", "# Acme", "tag: acme", "tag: eu west"]

    groups = as_groups(db, ["Shop", "# Acme", "Tag:ACME", "tag: eu west"])

    assert [(group.name, group.website_ids, group.tags) for group in groups] == [
        ("", [shop.id], []),
        ("Acme", [], ["acme", "eu west"]),
    ]
    assert as_lines(db, groups) == lines


@pytest.mark.parametrize("line", ["tag:", "tag: ", "tag://shop.example", "nowhere"])
def test_an_unknown_line_is_refused(db: Session, line: str) -> None:
    with pytest.raises(InvalidInput, match="There is no website"):
        as_groups(db, [line])
