"""Two-step sign-in: time-based codes (RFC 6238) and recovery codes. Pure except for randomness."""

import hashlib
import secrets
from datetime import datetime
from urllib.parse import quote

import pyotp

STEP_SECONDS = 30
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that are easily confused: i, l, o, 0, 1


def new_secret() -> str:
    """Return a new base32 secret of 160 bits (RFC 4226, 4)."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """Return the ``otpauth:`` address for authenticator apps."""
    return pyotp.TOTP(secret).provisioning_uri(name=quote(name, safe="@."), issuer_name="Watchwright")


def picture(secret: str, name: str) -> str:
    """Return `address` as a QR code: a complete SVG element, black on white."""
    import segno  # 2 MB, used once per account

    return segno.make_qr(address(secret, name)).svg_inline(scale=4, border=4, dark="#000", light="#fff")


def accepted_step(secret: str, code: str, now: datetime, used_step: int | None) -> int | None:
    """Return the time step of *code* if it is the present or an adjacent one, and newer than *used_step*; else None."""
    given = code.replace(" ", "")
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current - 1, current, current + 1):  # the device's clock may be half a minute off (RFC 6238, 5.2)
        is_right = secrets.compare_digest(pyotp.TOTP(secret).generate_otp(step), given) if given.isascii() else False
        if is_right and (used_step is None or step > used_step):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Return new codes of 50 bits each, to be shown once."""
    return [_code() for _number in range(RECOVERY_CODES)]


def recovery_hash(code: str) -> str:
    """Return what the store keeps of a recovery code; spaces, dashes and case are ignored."""
    return hashlib.sha256(code.replace("-", "").replace(" ", "").lower().encode()).hexdigest()


def _code() -> str:
    letters = "".join(secrets.choice(ALPHABET) for _position in range(10))
    return f"{letters[:5]}-{letters[5:]}"
