"""What each address needs: closed unless it is marked open here. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from core.accounts.actor import Permission

COOKIE = "watchwright-sign-in"
"""What a browser shows of its sign-in."""

OPEN = frozenset(
    {"/healthz", "/readyz", "/login", "/login/code", "/login/oidc", "/login/oidc/callback", "/acknowledge"}
)
"""What anybody who reaches the port may ask for."""
OPEN_BELOW = ("/static/", "/status/", "/badge/")
"""Our own style sheets, fonts and pictures; and what is made for everybody, which looks itself at who asks."""
HEALTH = frozenset({"/healthz", "/readyz"})
"""What balancers ask, by whichever name or none: it tells nothing but whether we are well, and changes nothing."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

API = "/api/v1/"
METRICS = "/metrics"
ADMINISTERED = ("users", "audit-events", "audit-events.jsonl")
DEBUGGED = ("debug-sessions",)
TRIED = ("PUT", f"{API}configuration")
"""What can be tried, by ``dry_run=true``, which changes nothing; its action looks at that again."""
OWN = ("me", "tokens")
"""What everybody may do for their own account; the routes themselves look at whose it is."""
SIGN_INS = f"{API}me/sign-ins"  # a token has none, and is no business of those of its owner


def route_path(scope: Mapping[str, Any]) -> str:
    """The path that was asked for, as our routes know it: without the path below which we are served."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) or "/" if path == root or path.startswith(f"{root}/") else path


def is_open(path: str) -> bool:
    """Whether *path* may be asked for without signing in."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def needed(method: str, path: str, query: str = "") -> Permission:
    """What *method* on the closed *path* needs; what a page's own events need, its actions look at themselves."""
    if not path.startswith(API):
        return Permission.READ
    noun = _noun(path)
    if noun in ADMINISTERED:
        return Permission.ADMINISTER
    is_tried = (method, path) == TRIED and dict(parse_qsl(query)).get("dry_run") == "true"
    if method in SAFE_METHODS or noun in OWN or is_tried:
        return Permission.READ
    return Permission.DEBUG if noun in DEBUGGED else Permission.WRITE


def needs_person(method: str, path: str) -> bool:
    """Whether only somebody who is signed in may: a token must not make itself, or others, more powerful."""
    is_own = path.startswith(API) and _noun(path) in OWN
    return is_own and (method not in SAFE_METHODS or path.startswith(SIGN_INS))


def local(address: str | None) -> str:
    """*address* if it is one of our own pages, else ``/``: signing in leads nowhere else."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\", "/login")):
        return "/"
    return "/" if any(char < " " for char in address) else address


def _noun(path: str) -> str:
    return path.removeprefix(API).partition("/")[0]
