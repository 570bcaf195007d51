"""Sign-ins with passwords and codes are throttled after failures, and expire."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import database
from core.accounts import identify, manage, passwords, sign_in
from core.accounts.actor import COMMAND_LINE, Permission
from core.accounts.sign_in import Visitor
from core.accounts.throttle import FREE_FAILURES
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.database import in_session
from core.errors import AlreadyExists, NotAllowed, SignInRefused
from core.models import Role, SignIn, User
from core.schemas import UserCreate, UserUpdate
from core.sealing import Sealer
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD

VISITOR = Visitor(address="192.0.2.7", user_agent="A browser")
PASSWORD = "correct horse battery"
NEW_HASH = passwords.hashed("another horse battery")


async def make_user(role: Role = Role.ADMINISTRATOR, name: str = "Ada") -> User:
    return await manage.add(COMMAND_LINE, UserCreate(name=name, role=role, password=SecretStr(PASSWORD)))


async def actions() -> list[str]:
    events, _total = await in_session(AuditEventCRUD.get_all)
    return [event.action for event in reversed(events)]


async def test_first_account_is_an_administrator_and_the_second_needs_one(stored: Engine) -> None:
    user = await manage.add_first(UserCreate(name="Ada", password=SecretStr(PASSWORD)), None)

    assert (user.name, user.role) == ("ada", Role.ADMINISTRATOR)
    with pytest.raises(AlreadyExists, match="Sign in"):
        await manage.add_first(UserCreate(name="eve", password=SecretStr(PASSWORD)), None)


async def test_a_password_gives_the_permissions_of_the_role(stored: Engine) -> None:
    await make_user(name="Grace")
    user = await make_user(Role.EDITOR)

    signed_in = await sign_in.sign_in(" ADA ", PASSWORD, VISITOR)

    actor = await in_session(identify.by_cookie, signed_in.token, VISITOR.address)
    assert actor is not None
    assert (actor.name, actor.user_id, actor.may(Permission.WRITE)) == ("user ada", user.id, True)
    assert not actor.may(Permission.ADMINISTER)
    assert await in_session(identify.by_cookie, "another token", None) is None
    assert await actions() == ["user.add", "user.add", "sign_in"]


async def test_the_store_has_no_token_and_no_password(stored: Engine) -> None:
    await make_user()
    signed_in = await sign_in.sign_in("ada", PASSWORD, VISITOR)

    def kept(db: Session) -> list[str]:
        rows = [*db.query(User).all(), *db.query(SignIn).all()]
        return [str(value) for row in rows for value in vars(row).values()]

    text = " ".join(await in_session(kept))
    assert signed_in.token not in text
    assert PASSWORD not in text


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", PASSWORD)])
async def test_a_refusal_does_not_say_what_was_wrong(stored: Engine, name: str, password: str) -> None:
    await make_user()

    with pytest.raises(SignInRefused, match="Incorrect name or password"):
        await sign_in.sign_in(name, password, VISITOR)

    assert (await actions())[-1] == "sign_in.fail"


@pytest.mark.parametrize(
    ("name", "password", "wrong"),
    [("ada", "wrong", "password"), ("nobody", PASSWORD, "name"), ("eve", PASSWORD, "account is disabled")],
)
async def test_the_audit_log_says_what_was_wrong(stored: Engine, name: str, password: str, wrong: str) -> None:
    await make_user()
    eve = await make_user(Role.VIEWER, "eve")
    await in_session(UserCRUD.update, eve.id, UserUpdate(is_active=False))

    with pytest.raises(SignInRefused, match="Incorrect name or password"):
        await sign_in.sign_in(name, password, VISITOR)

    (event, *_rest), _total = await in_session(AuditEventCRUD.get_all)
    assert (event.subject, event.details) == (f"user {name}", {"wrong": wrong})


async def test_a_name_may_contain_any_character(postgresql: Engine) -> None:
    database.bind(postgresql)

    with pytest.raises(SignInRefused, match="Incorrect name or password"):
        await sign_in.sign_in("a\0da" * 100, PASSWORD, VISITOR)


async def test_throttling_also_delays_the_right_password(stored: Engine) -> None:
    await make_user()
    for _attempt in range(4):
        with pytest.raises(SignInRefused, match="Incorrect name"):
            await sign_in.sign_in("ada", "wrong", VISITOR)

    with pytest.raises(SignInRefused, match="Too many failed attempts"):
        await sign_in.sign_in("ada", PASSWORD, VISITOR)


async def test_parallel_attempts_with_a_new_name_are_counted(postgresql: Engine) -> None:
    database.bind(postgresql)
    visitors = [Visitor(address=f"192.0.2.{number}", user_agent=None) for number in range(12)]

    tries = [sign_in.sign_in("new", "wrong", visitor) for visitor in visitors]
    refused = await asyncio.gather(*tries, return_exceptions=True)

    assert {type(error) for error in refused} == {SignInRefused}
    assert sum(str(error) == sign_in.REFUSED for error in refused) <= FREE_FAILURES["user"] + 1


async def test_a_success_clears_earlier_failures(stored: Engine) -> None:
    await make_user()
    for _round in range(3):
        for _attempt in range(2):
            with pytest.raises(SignInRefused, match="Incorrect name"):
                await sign_in.sign_in("ada", "wrong", VISITOR)
        await sign_in.sign_in("ada", PASSWORD, VISITOR)


async def test_a_code_is_required_and_works_once(stored: Engine, sealer: Sealer) -> None:
    user = await make_user()
    secret = pyotp.random_base32()
    earlier = pyotp.TOTP(secret).at(utc_now() - timedelta(seconds=30))
    await in_session(manage.start_two_step, COMMAND_LINE, user.id, secret=secret, code=earlier, sealer=sealer)
    code = pyotp.TOTP(secret).now()

    first = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    assert first.needs_code
    assert await in_session(identify.by_cookie, first.token, None) is None
    second = await sign_in.enter_code(first.token, code, VISITOR, sealer)

    assert await in_session(identify.by_cookie, second.token, None) is not None
    assert await in_session(identify.by_cookie, first.token, None) is None
    again = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    with pytest.raises(SignInRefused, match="incorrect or was already used"):
        await sign_in.enter_code(again.token, code, VISITOR, sealer)


async def test_a_code_signs_no_disabled_account_in(stored: Engine, sealer: Sealer) -> None:
    await make_user()
    user = await make_user(Role.EDITOR, name="grace")
    secret = pyotp.random_base32()
    earlier = pyotp.TOTP(secret).at(utc_now() - timedelta(seconds=30))
    await in_session(manage.start_two_step, COMMAND_LINE, user.id, secret=secret, code=earlier, sealer=sealer)
    pending = await sign_in.sign_in("grace", PASSWORD, VISITOR)

    await in_session(disable, user)

    with pytest.raises(SignInRefused):
        await sign_in.enter_code(pending.token, pyotp.TOTP(secret).now(), VISITOR, sealer)


async def test_a_recovery_code_works_once(stored: Engine, sealer: Sealer) -> None:
    user = await make_user()
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret).now()
    codes = await in_session(manage.start_two_step, COMMAND_LINE, user.id, secret=secret, code=code, sealer=sealer)

    pending = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    await sign_in.enter_code(pending.token, codes[0].upper(), VISITOR, sealer)

    pending = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    with pytest.raises(SignInRefused):
        await sign_in.enter_code(pending.token, codes[0], VISITOR, sealer)


async def test_a_new_password_ends_every_other_sign_in(stored: Engine) -> None:
    user = await make_user()
    here = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    there = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    actor = await in_session(identify.by_cookie, here.token, None)
    assert actor is not None

    ended = await manage.set_password(actor, user.id, "another horse battery", keep=actor.sign_in_id)

    assert len(ended) == 1
    assert await in_session(identify.by_cookie, here.token, None) is not None
    assert await in_session(identify.by_cookie, there.token, None) is None
    with pytest.raises(SignInRefused):
        await sign_in.sign_in("ada", PASSWORD, VISITOR)


def disable(db: Session, user: User) -> None:
    UserCRUD.update(db, user.id, UserUpdate(is_active=False))


def replace_password(db: Session, user: User) -> None:
    UserCRUD.get_locked(db, user.id).password_hash = NEW_HASH  # type: ignore[union-attr]


@pytest.mark.parametrize("change", [disable, replace_password])
async def test_a_change_while_a_password_is_verified_wins(
    stored: Engine, monkeypatch: pytest.MonkeyPatch, change: Callable[[Session, User], None]
) -> None:
    await make_user()
    user = await make_user(Role.EDITOR, name="grace")
    verify = PasswordHasher.verify

    def verify_slowly(*args: Any) -> bool:
        database.run_in_session(change, user)
        return verify(*args)

    monkeypatch.setattr(PasswordHasher, "verify", verify_slowly)

    with pytest.raises(SignInRefused, match="Incorrect name or password"):
        await sign_in.sign_in("grace", PASSWORD, VISITOR)

    assert (await in_session(SignInCRUD.get_by_user, user.id))[1] == 0


async def test_a_sign_in_that_has_ended_changes_no_password(stored: Engine) -> None:
    user = await make_user()
    here = await sign_in.sign_in("ada", PASSWORD, VISITOR)
    actor = await in_session(identify.by_cookie, here.token, None)
    assert actor is not None

    await manage.set_password(COMMAND_LINE, user.id, "another horse battery")
    with pytest.raises(NotAllowed, match="Your sign-in has ended"):
        await manage.set_password(actor, user.id, "the thief's own battery", keep=actor.sign_in_id)

    await sign_in.sign_in("ada", "another horse battery", VISITOR)


async def test_confirming_a_password_is_throttled_like_signing_in(stored: Engine) -> None:
    user = await make_user()

    assert await sign_in.confirm(user.id, PASSWORD, VISITOR)
    assert [await sign_in.confirm(user.id, "wrong", VISITOR) for _attempt in range(4)] == [False] * 4
    with pytest.raises(SignInRefused, match="Too many failed attempts"):
        await sign_in.confirm(user.id, PASSWORD, VISITOR)
    events, _total = await in_session(AuditEventCRUD.get_all)
    assert [event.details for event in events if event.action == "sign_in.fail"] == [{"wrong": "current password"}] * 4


async def test_an_ipv6_customer_counts_as_one_address(stored: Engine) -> None:
    await make_user()

    for number in range(FREE_FAILURES["address"] + 1):
        with pytest.raises(SignInRefused, match="Incorrect name"):
            await sign_in.sign_in(f"name {number}", "wrong", Visitor(address=f"2001:db8::{number}", user_agent=None))

    with pytest.raises(SignInRefused, match="Too many failed attempts"):
        await sign_in.sign_in("ada", PASSWORD, Visitor(address="2001:db8::abcd", user_agent=None))


async def test_disabling_an_account_ends_its_sign_ins(stored: Engine) -> None:
    await make_user()
    other = await make_user(Role.EDITOR, name="grace")
    signed_in = await sign_in.sign_in("grace", PASSWORD, VISITOR)

    await in_session(UserCRUD.update, other.id, UserUpdate(is_active=False))

    assert await in_session(identify.by_cookie, signed_in.token, None) is None
    with pytest.raises(SignInRefused):
        await sign_in.sign_in("grace", PASSWORD, VISITOR)


async def test_a_sign_in_expires(stored: Engine) -> None:
    user = await make_user()
    await in_session(
        SignInCRUD.create, user_id=user.id, token_hash=token_hash("old"), expires_at=utc_now() - timedelta(seconds=1)
    )

    assert await in_session(identify.by_cookie, "old", None) is None
