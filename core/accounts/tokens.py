"""Creates random tokens and hashes them for the store. Pure except for randomness."""

import hashlib
import secrets

API_PREFIX = "ww_"  # lets people and secret scanners recognise the token


def new_token() -> str:
    """Return 256 random bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def new_api_token() -> str:
    """Return a new API token."""
    return API_PREFIX + new_token()


def token_hash(token: str) -> str:
    """Return what the store keeps of *token*; plain SHA-256 is enough, because 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
