"""Codes of two-step sign-in: right for a moment, and once."""

from datetime import timedelta

import pyotp

from core.accounts import totp
from tests.factories import NOON

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def test_code_is_taken_half_a_minute_early_or_late_and_once() -> None:
    code = pyotp.TOTP(SECRET).at(NOON)

    step = totp.taken_step(SECRET, code, NOON + timedelta(seconds=29), None)

    assert step is not None
    assert totp.taken_step(SECRET, f"{code[:3]} {code[3:]}", NOON - timedelta(seconds=29), None) == step
    assert totp.taken_step(SECRET, code, NOON, step) is None
    assert totp.taken_step(SECRET, code, NOON + timedelta(seconds=90), None) is None


def test_what_is_no_code_is_not_taken() -> None:
    for wrong in ("", "１２３４５６", "not a code"):
        assert totp.taken_step(SECRET, wrong, NOON, None) is None


def test_authenticator_gets_an_address_that_names_account_and_product() -> None:
    address = totp.address(SECRET, "ada@example.org")

    assert address.startswith("otpauth://totp/Watchwright:ada")
    assert f"secret={SECRET}" in address
    assert totp.picture(SECRET, "ada@example.org").startswith("<svg")


def test_recovery_codes_differ_and_are_known_however_they_are_typed() -> None:
    codes = totp.new_recovery_codes()

    assert len(set(codes)) == totp.RECOVERY_CODES
    assert totp.recovery_hash(codes[0].upper().replace("-", " ")) == totp.recovery_hash(codes[0])
    assert codes[0] not in totp.recovery_hash(codes[0])
