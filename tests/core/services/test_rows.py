"""Rows of any model."""

import pytest
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import Base, NotificationChannel, User, Website
from core.services.rows import require_row
from tests.factories import make_website


def test_a_row_is_returned_by_its_id(store: Session) -> None:
    website = make_website(store)

    assert require_row(store, Website, website.id) is website
    assert require_row(store, Website, website.id, is_locked=True) is website


@pytest.mark.parametrize(
    ("model", "what"),
    [(Website, "website 7"), (NotificationChannel, "notification channel 7"), (User, "account 7")],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_that_does_not_exist_is_named(store: Session, model: type[Base], what: str) -> None:
    with pytest.raises(NotFound, match=rf"^There is no {what}\.$"):
        require_row(store, model, 7)
