"""What an account and a token may do."""

import pytest

from core.accounts.actor import NOBODY, Permission, of_token, of_user
from core.errors import NotAllowed
from core.models import Role


def permissions(role: Role) -> set[Permission]:
    return set(of_user("ada", role, user_id=1, sign_in_id=1, address=None).permissions)


def test_each_role_may_do_what_the_one_before_it_may() -> None:
    assert permissions(Role.VIEWER) == {Permission.READ}
    assert permissions(Role.EDITOR) == {Permission.READ, Permission.DEBUG, Permission.WRITE}
    assert permissions(Role.ADMINISTRATOR) == set(Permission)
    assert NOBODY.permissions == frozenset()


def test_token_may_do_what_both_its_scopes_and_its_owner_may() -> None:
    deploy = of_token("deploy", ["write", "debug"], "ada", Role.ADMINISTRATOR, user_id=1, address=None)
    viewers = of_token("deploy", ["write", "debug"], "ada", Role.VIEWER, user_id=1, address=None)

    assert deploy.permissions == {Permission.READ, Permission.WRITE, Permission.DEBUG}
    assert viewers.permissions == {Permission.READ}


def test_refusal_says_what_would_be_needed() -> None:
    with pytest.raises(NotAllowed, match="needs an administrator, which user ada is not"):
        of_user("ada", Role.EDITOR, user_id=1, sign_in_id=1, address=None).require(Permission.ADMINISTER)
