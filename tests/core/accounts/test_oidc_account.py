"""A person of the provider gets one account, with the role of the claims, and never another person's."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.accounts import identify, sign_in
from core.accounts.actor import COMMAND_LINE
from core.accounts.oidc_account import end_without_role, enter, name_of, role_of
from core.accounts.sign_in import Visitor
from core.clock import utc_now
from core.config import Settings
from core.database import run_in_session
from core.errors import SignInRefused
from core.models import AuditEvent, Role, User
from core.schemas import UserUpdate
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD

ISSUER = "https://login.example.org"
VISITOR = Visitor(address="192.0.2.7", user_agent="A browser")
CLAIMS = {"sub": "1", "preferred_username": "Grace", "groups": ["ops"]}
BY_GROUP = Settings(oidc_roles_claim="groups", oidc_roles="ops=administrator,dev=editor")
BY_HAND = Settings()


def comes(claims: dict[str, Any], settings: Settings = BY_GROUP, issuer: str = ISSUER) -> tuple[str, list[int]]:
    signed_in, looks_again = run_in_session(lambda db: enter(db, claims, issuer, settings, VISITOR))
    return signed_in.token, looks_again


def users() -> dict[str, Role]:
    return {user.name: user.role for user in run_in_session(lambda db: UserCRUD.get_all(db)[0])}


def has(name: str, role: Role, **more: Any) -> int:
    return run_in_session(lambda db: UserCRUD.create(db, name=name, role=role, **more).id)


def events() -> list[AuditEvent]:
    return run_in_session(lambda db: AuditEventCRUD.get_all(db)[0])


def test_the_first_sign_in_creates_the_account_for_later_ones(stored: Engine) -> None:
    first, _none = comes(CLAIMS)
    comes(CLAIMS | {"preferred_username": "renamed-there", "email": "new@example.org"})

    actor = run_in_session(lambda db: identify.by_cookie(db, first, None))
    assert users() == {"grace": Role.ADMINISTRATOR}
    assert actor is not None and actor.name == "user grace"
    assert [(event.action, event.actor) for event in reversed(events())] == [
        ("user.add", f"provider {ISSUER}"),
        ("sign_in", "user grace"),
        ("sign_in", "user grace"),
    ]
    assert events()[0].details == {"by": ISSUER}


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "2", "preferred_username": "Ada@example.org"},
        {"sub": "2", "email": "ada@example.org", "email_verified": True},
        {"sub": "2", "preferred_username": " ada@EXAMPLE.org "},
    ],
    ids=["name", "e-mail", "written otherwise"],
)
def test_an_equal_name_does_not_give_access_to_an_account(stored: Engine, claims: dict[str, Any]) -> None:
    has("ada@example.org", Role.ADMINISTRATOR, password_hash="…")

    with pytest.raises(SignInRefused, match="already exists"):
        comes(claims | {"groups": ["ops"]})

    (ada,) = run_in_session(lambda db: UserCRUD.get_all(db)[0])
    assert ada.oidc_subject is None
    assert run_in_session(lambda db: SignInCRUD.get_by_user(db, ada.id)[1]) == 0


def test_an_equal_subject_of_another_issuer_is_another_person(stored: Engine) -> None:
    comes(CLAIMS)

    with pytest.raises(SignInRefused, match="already exists"):
        comes(CLAIMS, issuer="https://evil.example")


def test_a_changed_role_is_applied_and_open_pages_reload(stored: Engine) -> None:
    has("ada", Role.ADMINISTRATOR)
    token, _none = comes(CLAIMS | {"groups": ["dev"]})

    _token, looks_again = comes(CLAIMS | {"groups": ["dev", "ops"]})

    assert users()["grace"] is Role.ADMINISTRATOR
    assert len(looks_again) == 1
    actor = run_in_session(lambda db: identify.by_cookie(db, token, None))
    assert actor is not None and actor.sign_in_id == looks_again[0]
    assert comes(CLAIMS | {"groups": ["dev"]})[1] != []
    assert users()["grace"] is Role.EDITOR


def test_a_person_without_a_role_is_signed_out_everywhere(stored: Engine) -> None:
    has("ada", Role.ADMINISTRATOR)
    token, _none = comes(CLAIMS)

    with pytest.raises(SignInRefused, match="no role"):
        comes(CLAIMS | {"groups": ["others"]})
    ended = run_in_session(lambda db: end_without_role(db, CLAIMS | {"groups": []}, ISSUER, BY_GROUP))

    assert len(ended) == 1
    assert run_in_session(lambda db: identify.by_cookie(db, token, None)) is None


def test_other_refusals_do_not_end_sign_ins(stored: Engine) -> None:
    comes(CLAIMS)

    assert run_in_session(lambda db: end_without_role(db, CLAIMS, ISSUER, BY_GROUP)) == []
    assert run_in_session(lambda db: end_without_role(db, {"sub": "nobody"}, ISSUER, BY_GROUP)) == []


def test_the_last_administrator_keeps_the_role(stored: Engine) -> None:
    comes(CLAIMS)

    with pytest.raises(SignInRefused, match="only administrator"):
        comes(CLAIMS | {"groups": ["dev"]})

    assert users() == {"grace": Role.ADMINISTRATOR}


def test_the_first_account_must_be_an_administrators(stored: Engine) -> None:
    with pytest.raises(SignInRefused, match="first account"):
        comes(CLAIMS | {"groups": ["dev"]})

    assert users() == {}


def test_a_disabled_account_cannot_sign_in(stored: Engine) -> None:
    has("ada", Role.ADMINISTRATOR)
    comes(CLAIMS)
    run_in_session(lambda db: UserCRUD.update(db, 2, UserUpdate(is_active=False)))

    with pytest.raises(SignInRefused, match="disabled"):
        comes(CLAIMS)


def test_without_a_roles_claim_new_accounts_are_viewers(stored: Engine) -> None:
    has("ada", Role.ADMINISTRATOR)
    comes(CLAIMS, BY_HAND)
    first = users()["grace"]
    run_in_session(lambda db: UserCRUD.update(db, 2, UserUpdate(role=Role.EDITOR)))

    comes(CLAIMS, BY_HAND)

    assert (first, users()["grace"]) == (Role.VIEWER, Role.EDITOR)


def test_a_sign_in_by_a_provider_lasts_a_day(stored: Engine) -> None:
    token, _none = comes(CLAIMS)

    def seen_later(db: Session) -> float:
        (sign_in,) = SignInCRUD.get_by_user(db, 1)[0]
        sign_in.last_seen_at = sign_in.created_at.replace(year=2020)
        db.flush()
        identify.record_visit(db, token, None)
        return (sign_in.expires_at - utc_now()).total_seconds()

    assert 23 * 3_600 < run_in_session(seen_later) <= 24 * 3_600


def test_two_step_sign_in_is_also_required_with_a_provider(stored: Engine) -> None:
    comes(CLAIMS)

    def turn_on(db: Session) -> None:
        user = db.get(User, 1)
        assert user is not None
        user.totp_secret = "sealed"

    run_in_session(turn_on)
    token, _none = comes(CLAIMS)

    assert run_in_session(lambda db: identify.by_cookie(db, token, None)) is None


async def test_an_account_of_a_provider_has_no_password(stored: Engine) -> None:
    comes(CLAIMS)

    assert not await sign_in.confirm(1, "", VISITOR)
    assert COMMAND_LINE.user_id is None


@pytest.mark.parametrize(
    ("claims", "settings", "role"),
    [
        ({"groups": ["dev", "ops"]}, BY_GROUP, Role.ADMINISTRATOR),
        ({"groups": "dev other"}, BY_GROUP, Role.EDITOR),
        ({"groups": ["others"]}, BY_GROUP, None),
        ({"groups": [{"ops": 1}, None]}, BY_GROUP, None),
        ({}, BY_GROUP, None),
        ({}, Settings(oidc_roles_claim="groups", oidc_roles="*=viewer"), Role.VIEWER),
        ({"realm_access": {"roles": ["editor"]}}, Settings(oidc_roles_claim="realm_access.roles"), Role.EDITOR),
        ({"https://a.example/roles": ["VIEWER"]}, Settings(oidc_roles_claim="https://a.example/roles"), Role.VIEWER),
        ({"groups": ["a=b"]}, Settings(oidc_roles_claim="groups", oidc_roles="a=b=editor"), Role.EDITOR),
    ],
)
def test_the_highest_matching_role_is_given(claims: dict[str, Any], settings: Settings, role: Role | None) -> None:
    assert role_of(claims, settings) is role


def test_a_new_account_has_the_persons_name_at_the_provider() -> None:
    assert name_of({"sub": "1", "email": "A@b.example", "preferred_username": "  "}) == "a@b.example"
    assert name_of({"sub": "AB 1"}) == "ab1"
