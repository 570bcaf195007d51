"""Random tokens, and what is kept of them. Pure but for the dice."""

import hashlib
import secrets

API_PREFIX = "ww_"  # so that a scanner for leaked secrets, and a person, can tell what it is


def new_token() -> str:
    """256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    """A token for a program."""
    return API_PREFIX + new_token()


def token_hash(token: str) -> str:
    """What the store keeps of *token*; plain SHA-256 will do, as 256 random bits cannot be tried out."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
