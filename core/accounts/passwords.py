"""Validates and hashes passwords with Argon2id and the library's parameters (RFC 9106).

Hashing takes tens of milliseconds by design: call it on a worker thread, never on the event loop.
"""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput

SHORTEST = 10  # characters; NIST SP 800-63B-4 asks for 8 with a second factor and advises 15 without
MAX_CHARACTERS = 512  # characters; hashing longer texts would only cost time
RATED_CHARACTERS = 72  # zxcvbn rates no longer texts, because its time grows with the square of the length
LOWEST_SCORE = 2  # of zxcvbn's 0 to 4: at least a million guesses, and sign-in delays repeated guesses

_hasher = PasswordHasher()


def check(password: str, *, name: str) -> None:
    """Refuse a *password* for the account *name* that attackers would try early.

    Raises:
        InvalidInput: It is too short or long, easy to guess, or contains the account's name.
    """
    if len(password) < SHORTEST:
        raise InvalidInput.of("password", f"The password must have at least {SHORTEST} characters.")
    if len(password) > MAX_CHARACTERS:
        raise InvalidInput.of("password", f"The password must have at most {MAX_CHARACTERS} characters.")
    if _is_easy_to_guess(password):
        raise InvalidInput.of("password", "This password is easy to guess. Choose another one.")
    stem = name.lower().partition("@")[0]
    if len(stem) >= 4 and stem in password.lower():
        raise InvalidInput.of("password", "The password must not contain the account's name.")


def _is_easy_to_guess(password: str) -> bool:
    """Whether *password* is frequent in breaches, repeats itself, or consists of common words, dates or keys."""
    from zxcvbn import zxcvbn  # loads its word lists

    return bool(zxcvbn(password[:RATED_CHARACTERS])["score"] < LOWEST_SCORE)


def hashed(password: str) -> str:
    """Return the Argon2id hash of *password* with a random salt, in the PHC string format."""
    return _hasher.hash(password)


def verifies(password: str, password_hash: str | None) -> bool:
    """Whether *password* matches *password_hash*; False, but equally slow, without a hash."""
    try:
        _hasher.verify(password_hash or _unused_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether *password_hash* has weaker parameters than today's, and must be replaced at the next sign-in."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def _unused_hash() -> str:
    """Return a hash to verify against if there is no account, so that the response time does not reveal that."""
    return _hasher.hash("the account is not there")
