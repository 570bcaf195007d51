"""What the description says of who may ask: with which token's scope, or only signed in. Pure."""

from typing import Any

from core.accounts.actor import Permission
from dashboard import access
from dashboard.access import COOKIE

SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token, which needs the scope that stands beside it; any may read.",
    },
    "signIn": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The browser of somebody who is signed in, and whose role allows it.",
    },
}
"""By the names that `requirement` gives them (OpenAPI 3.1, Security Scheme Object)."""


def requirement(method: str, path: str) -> list[dict[str, list[str]]]:
    """The ways to be let in by *method* to *path*, one of which is enough; none where it is open to all."""
    method = method.upper()
    if access.is_open(path):
        return []
    permission, signed_in = access.needed(method, path), {"signIn": list[str]()}
    if permission is Permission.ADMINISTER or access.needs_person(method, path):
        return [signed_in]
    return [{"token": [str(permission)]}, signed_in]
