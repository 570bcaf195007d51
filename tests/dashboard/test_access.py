"""What each address needs, and where signing in may lead."""

import pytest

from core.accounts.actor import Permission
from dashboard import access


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/login", "/static/favicon.svg"])
def test_open_addresses_need_no_sign_in(path: str) -> None:
    assert access.is_open(path)


@pytest.mark.parametrize(
    "path",
    ["/", "/healthz/", "/login/other", "/staticfiles", "/api/v1/websites", "/_nicegui_ws/socket.io/", "/metrics"],
)
def test_other_addresses_need_a_sign_in(path: str) -> None:
    assert not access.is_open(path)


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", "/websites/1", Permission.READ),
        ("GET", "/api/v1/websites", Permission.READ),
        ("POST", "/api/v1/websites", Permission.WRITE),
        ("DELETE", "/api/v1/websites/1", Permission.WRITE),
        ("POST", "/api/v1/debug-sessions", Permission.DEBUG),
        ("GET", "/api/v1/users", Permission.ADMINISTER),
        ("DELETE", "/api/v1/tokens/1", Permission.READ),
        ("PROPFIND", "/api/v1/anything-new", Permission.WRITE),
    ],
)
def test_permissions_follow_method_and_noun(method: str, path: str, permission: Permission) -> None:
    assert access.needed(method, path) == permission


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/websites/1?range=7d", "/websites/1?range=7d"),
        (None, "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/login", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_a_sign_in_redirects_only_to_our_own_pages(address: str | None, leads_to: str) -> None:
    assert access.local(address) == leads_to
