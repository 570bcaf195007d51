"""Codes of two-step sign-in are valid for a short time, and once."""

from datetime import timedelta

import pyotp

from core.accounts import totp
from tests.factories import NOON

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_a_code_is_accepted_one_step_early_or_late_and_once() -> None:
    code = pyotp.TOTP(SECRET).at(NOON)

    step = totp.accepted_step(SECRET, code, NOON + timedelta(seconds=29), None)

    assert step is not None
    assert totp.accepted_step(SECRET, f"{code[:3]} {code[3:]}", NOON - timedelta(seconds=29), None) == step
    assert totp.accepted_step(SECRET, code, NOON, step) is None
    assert totp.accepted_step(SECRET, code, NOON + timedelta(seconds=90), None) is None


def test_an_invalid_code_is_refused() -> None:
    for wrong in ("", "１２３４５６", "not a code"):
        assert totp.accepted_step(SECRET, wrong, NOON, None) is None


def test_the_authenticator_address_names_account_and_product() -> None:
    address = totp.address(SECRET, "ada@example.org")

    assert address.startswith("otpauth://totp/Watchwright:ada")
    assert f"secret={SECRET}" in address
    assert totp.picture(SECRET, "ada@example.org").startswith("<svg")


def test_recovery_codes_are_unique_and_accepted_in_any_spelling() -> None:
    codes = totp.new_recovery_codes()

    assert len(set(codes)) == totp.RECOVERY_CODES
    assert totp.recovery_hash(codes[0].upper().replace("-", " ")) == totp.recovery_hash(codes[0])
    assert codes[0] not in totp.recovery_hash(codes[0])
