"""Subscribers of status pages in the store."""

import pytest
from sqlalchemy.orm import Session

from core.services import StatusSubscriberCRUD


@pytest.mark.parametrize("token", ["", "made-up", "a\0b", "a" * 60_000])
def test_an_unknown_token_belongs_to_nobody(store: Session, token: str) -> None:
    assert StatusSubscriberCRUD.get_by_token(store, token) is None
