"""Only an IP address reaches the application as a client's address."""

from typing import Any

import pytest
from starlette.types import Scope

from dashboard.web.client_address import ClientAddress


@pytest.mark.parametrize(
    ("host", "is_kept"),
    [
        ("192.0.2.7", True),
        ("2001:db8::7", True),
        ("unknown", False),
        ("x" * 3_000, False),
        ("192.0.2.7\0", False),
        ("fe80::1%" + "x" * 3_000, False),
    ],
    ids=["IPv4", "IPv6", "a word", "long text", "a NUL", "a long zone"],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_a_client_that_is_no_ip_address_is_removed(host: str, is_kept: bool, kind: str) -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Scope, receive: object, send: object) -> None:
        seen.update(scope)

    await ClientAddress(app)({"type": kind, "client": (host, 7)}, None, None)  # type: ignore[arg-type]

    assert seen["client"] == ((host, 7) if is_kept else None)


@pytest.mark.parametrize("scope", [{"type": "lifespan"}, {"type": "http", "client": None}], ids=["lifespan", "socket"])
async def test_a_scope_without_a_client_is_passed_on(scope: Scope) -> None:
    seen = []

    async def app(scope: Scope, receive: object, send: object) -> None:
        seen.append(scope)

    await ClientAddress(app)(scope, None, None)  # type: ignore[arg-type]

    assert seen == [scope]
