"""Decides which permission each address needs. Every address is closed unless this module opens it. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from core.accounts.actor import Permission

COOKIE = "watchwright-sign-in"
"""The cookie that holds a browser's sign-in token."""

OPEN_PATHS = frozenset(
    {"/healthz", "/readyz", "/login", "/login/code", "/login/oidc", "/login/oidc/callback", "/acknowledge"}
)
"""Addresses that need no sign-in."""
OPEN_PREFIXES = ("/static/", "/status/", "/badge/")
"""Prefixes that need no sign-in: our static files, and status pages and badges, which check access themselves."""
HEALTH = frozenset({"/healthz", "/readyz"})
"""Endpoints for load balancers. They accept any Host header, as they reveal only our health and change nothing."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

API = "/api/v1/"
METRICS = "/metrics"
ADMINISTERED = ("users", "audit-events", "audit-events.jsonl")
DEBUGGED = ("debug-sessions",)
DRY_RUN = ("PUT", f"{API}configuration")
"""A request that ``dry_run=true`` makes harmless. The action checks permissions again."""
OWN = ("me", "tokens")
"""Nouns that everybody may use for their own account. The routes check whose account it is."""
SIGN_INS = f"{API}me/sign-ins"  # closed to tokens: a token has no sign-ins, and must not see its owner's


def route_path(scope: Mapping[str, Any]) -> str:
    """Return the requested path as our routes know it, without the path prefix that we are served below."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) or "/" if path == root or path.startswith(f"{root}/") else path


def is_open(path: str) -> bool:
    """Return whether *path* may be requested without signing in."""
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES)


def needed(method: str, path: str, query: str = "") -> Permission:
    """Return the permission that *method* on the closed *path* needs. Actions check what a page's own events need."""
    if not path.startswith(API):
        return Permission.READ
    noun = _noun(path)
    if noun in ADMINISTERED:
        return Permission.ADMINISTER
    is_dry_run = (method, path) == DRY_RUN and dict(parse_qsl(query)).get("dry_run") == "true"
    if method in SAFE_METHODS or noun in OWN or is_dry_run:
        return Permission.READ
    return Permission.DEBUG if noun in DEBUGGED else Permission.WRITE


def needs_person(method: str, path: str) -> bool:
    """Return whether only a signed-in person may do this. A token must not give itself, or others, more permissions."""
    if not path.startswith(API):
        return False
    is_own_change = _noun(path) in OWN and method not in SAFE_METHODS
    return is_own_change or _noun(path) in ADMINISTERED or path.startswith(SIGN_INS)


def local(address: str | None) -> str:
    """Return *address* if it is a path on this server, else ``/``, so that signing in cannot redirect elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\", "/login")):
        return "/"
    return "/" if any(char < " " for char in address) else address


def _noun(path: str) -> str:
    return path.removeprefix(API).partition("/")[0]
