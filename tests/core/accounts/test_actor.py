"""Permissions of accounts and tokens."""

import pytest

from core.accounts.actor import NOBODY, Permission, actor_of_token, actor_of_user
from core.errors import NotAllowed
from core.models import Role


def permissions(role: Role) -> set[Permission]:
    return set(actor_of_user("ada", role, user_id=1, sign_in_id=1, address=None).permissions)


def test_each_role_includes_the_one_before() -> None:
    assert permissions(Role.VIEWER) == {Permission.READ}
    assert permissions(Role.EDITOR) == {Permission.READ, Permission.DEBUG, Permission.WRITE}
    assert permissions(Role.ADMINISTRATOR) == set(Permission)
    assert NOBODY.permissions == frozenset()


def test_a_token_has_the_permissions_of_both_scopes_and_owner() -> None:
    deploy = actor_of_token("deploy", ["write", "debug"], "ada", Role.ADMINISTRATOR, user_id=1, address=None)
    viewers = actor_of_token("deploy", ["write", "debug"], "ada", Role.VIEWER, user_id=1, address=None)

    assert deploy.permissions == {Permission.READ, Permission.WRITE, Permission.DEBUG}
    assert viewers.permissions == {Permission.READ}


def test_a_refusal_names_the_missing_permission() -> None:
    with pytest.raises(NotAllowed, match="Only administrators can do this, and user ada is not one"):
        actor_of_user("ada", Role.EDITOR, user_id=1, sign_in_id=1, address=None).require(Permission.ADMINISTER)
