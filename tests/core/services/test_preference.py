"""Preferences are stored on both databases."""

from sqlalchemy.orm import Session

from core.models import Role
from core.services import PreferenceCRUD, UserCRUD


def test_the_last_choice_is_stored_for_its_account_only(store: Session) -> None:
    ada, bob = (UserCRUD.create(store, name=name, role=Role.EDITOR) for name in ("ada", "bob"))

    PreferenceCRUD.put(store, ada.id, "columns", {"hidden": ["size"]})
    PreferenceCRUD.put(store, ada.id, "columns", {"hidden": ["time"]})
    store.expire_all()

    assert PreferenceCRUD.get(store, ada.id, "columns") == {"hidden": ["time"]}
    assert PreferenceCRUD.get(store, bob.id, "columns") is None


def test_a_choice_is_deleted_with_its_account(store: Session) -> None:
    UserCRUD.create(store, name="root", role=Role.ADMINISTRATOR)
    ada = UserCRUD.create(store, name="ada", role=Role.EDITOR)
    PreferenceCRUD.put(store, ada.id, "columns", {})

    UserCRUD.delete(store, ada.id)
    store.expire_all()

    assert PreferenceCRUD.get(store, ada.id, "columns") is None
