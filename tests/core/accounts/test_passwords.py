"""Weak passwords are refused, and passwords are stored as hashes."""

import pytest

from core.accounts import passwords
from core.errors import InvalidInput
from tests.conftest import AS_SHIPPED


@pytest.fixture
def as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", AS_SHIPPED)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        pytest.param("short", "at least 10", id="short"),
        pytest.param("x" * 513, "at most 512", id="endless"),
        pytest.param("1234567890", "easy to guess", id="breached"),
        pytest.param("Password123", "easy to guess", id="breached in another case"),
        pytest.param("aaaaaaaaaaaaaa", "easy to guess", id="one letter"),
        pytest.param("passwordpassword", "easy to guess", id="a breached one twice"),
        pytest.param("monkey" * 80, "easy to guess", id="long and repeated"),
        pytest.param("lovelace-forever", "account's name", id="name"),
    ],
)
def test_a_weak_password_is_refused(password: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        passwords.check(password, name="lovelace@example.org")


def test_a_good_password_is_hashed_with_a_salt(as_shipped: None) -> None:
    passwords.check("correct horse battery", name="ada")

    first, second = passwords.hashed("correct horse battery"), passwords.hashed("correct horse battery")

    assert first != second
    assert first.startswith("$argon2id$")
    assert "horse" not in first
    assert passwords.verifies("correct horse battery", first)
    assert not passwords.verifies("wrong horse battery", first)
    assert not passwords.is_outdated(first)


def test_a_hash_with_weaker_parameters_is_outdated(as_shipped: None) -> None:
    cheap = "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0$/7Cwl6uPJVs"

    assert passwords.is_outdated(cheap)


def test_without_a_hash_verification_takes_as_long_and_fails() -> None:
    assert not passwords.verifies("the account is not there", None)
    assert not passwords.verifies("anything", "no hash at all")
