"""Describes in OpenAPI which token scope or sign-in each operation needs. Pure."""

from typing import Any

from dashboard import access
from dashboard.access import COOKIE

SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token with the scope of the operation. Every token can read.",
    },
    "signIn": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session cookie of a signed-in browser with a sufficient role.",
    },
}
"""Security schemes by the names that `requirement` uses (OpenAPI 3.1, Security Scheme Object)."""


def requirement(method: str, path: str) -> list[dict[str, list[str]]]:
    """Return the alternative credentials for *method* on *path*; empty if it is open."""
    method = method.upper()
    if access.is_open(path):
        return []
    signed_in = {"signIn": list[str]()}
    if access.needs_person(method, path):
        return [signed_in]
    return [{"token": [str(access.needed(method, path))]}, signed_in]
