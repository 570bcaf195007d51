"""A secret that people gave Watchwright is found in no file, no line of the log and no export."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.debugging.redaction.masking import KEY_FILE as REDACTION_KEY
from core.sealing import KEY_FILE as SEALING_KEY
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN, HEADERS
from tests.e2e.api import Api
from tests.e2e.server import Server
from tests.e2e.site import Site

PLANTED = {
    "WATCHWRIGHT_SECRET_KEY": "planted-secret-key-of-this-installation",
    "WATCHWRIGHT_OIDC_CLIENT_SECRET": "planted-oidc-client-secret",
    "basic authentication": "planted-basic-password",
    "bearer token": "planted-bearer-token",
    "header": "planted-header-value",
    "body": "planted-body-text",
    "proxy of a check": "planted-proxy-password",
    "session's cookie": "planted-cookie-value",
    "session's header": "planted-session-header",
    "session's sign-in": "planted-session-password",
    "webhook": base64.b64encode(b"planted-webhook-secret-of-32-byt").decode(),
    "Apprise": "planted-apprise-token",
    "mail server": "planted-mail-password",
    "account": "planted-account-password",
    "typed into the sign-in page": "planted-typed-password",
    "status page": "planted-status-password",
    "API token that is wrong": "planted-wrong-token",
}
OPEN = "a description that everybody may read"
ADMINISTRATOR = {"Cookie": f"{COOKIE}={COOKIE_TOKEN}"}
EXPORTS = (
    "configuration",
    "websites",
    "websites/1",
    "websites/2",
    "websites/1/checks",
    "websites/2/checks",
    "notification-channels",
    "notifications",
    "status-pages",
    "downtime-windows",
    "debug-sessions",
    "users",
    "tokens",
    "audit-events",
    "audit-events.jsonl",
    "search?q=planted",
)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("WATCHWRIGHT_SECRET_KEY", "WATCHWRIGHT_OIDC_CLIENT_SECRET"):
        monkeypatch.setenv(name, PLANTED[name])
    monkeypatch.setenv("WATCHWRIGHT_OIDC_ISSUER", "http://127.0.0.1:9")
    monkeypatch.setenv("WATCHWRIGHT_OIDC_CLIENT_ID", "watchwright")
    monkeypatch.setenv("WATCHWRIGHT_LOG_LEVEL", "DEBUG")
    with Server(data_dir=tmp_path / "data") as server:
        yield server


def test_planted_secrets_are_not_in_the_store_the_log_or_exports(server: Server, site: Site) -> None:
    api = Api(server)
    _watch(api, site)
    _channels(api)
    token = _people(server)
    _wait_for_checks(api)
    exported = _exports(server)
    server.terminate()

    kept = {"store": _files(server.data_dir), "log": server.log.encode(), "exports": exported}

    assert OPEN.encode() in kept["store"] and OPEN.encode() in kept["exports"]  # else nothing would be found here
    assert b"a sign-in by OpenID Connect was refused" in kept["log"]
    leaked = [
        (name, place)
        for name, secret in {**PLANTED, "API token": token}.items()
        for place, text in kept.items()
        if any(form in text for form in (secret.encode(), base64.b64encode(secret.encode()).rstrip(b"=")))
    ]
    assert leaked == []


def _watch(api: Api, site: Site) -> None:
    """Two websites, one of which is down, asked and opened with all that may be secret."""
    check = {
        "method": "POST",
        "basic_auth": {"username": "ada", "password": PLANTED["basic authentication"]},
        "headers": {"X-Api-Key": PLANTED["header"]},
        "body": PLANTED["body"],
    }
    session = {
        "cookies": [{"name": "sid", "value": PLANTED["session's cookie"]}],
        "extra_headers": {"X-Tenant": PLANTED["session's header"]},
        "basic_auth": {"username": "ada", "password": PLANTED["session's sign-in"]},
    }
    api.post("websites", {"url": site.url, "check_options": check, "session_defaults": session, "description": OPEN})
    proxied = {
        "bearer_token": PLANTED["bearer token"],
        "proxy": f"http://ada:{PLANTED['proxy of a check']}@127.0.0.1:9",
    }
    api.post("websites", {"url": "http://127.0.0.1:9/", "check_options": proxied})


def _channels(api: Api) -> None:
    """One of each kind, tried: none answers, and each says so."""
    addresses: dict[str, Any] = {
        "WEBHOOK": {"url": "http://127.0.0.1:9/", "secret": f"whsec_{PLANTED['webhook']}"},
        "APPRISE": {"url": f"json://ada:{PLANTED['Apprise']}@127.0.0.1:9/"},
        "EMAIL": {
            "host": "127.0.0.1",
            "port": 9,
            "security": "none",
            "username": "ada",
            "password": PLANTED["mail server"],
            "sender": "watch@example.org",
            "recipients": ["ada@example.org"],
        },
    }
    for kind, address in addresses.items():
        channel = api.post("notification-channels", {"name": kind, "kind": kind, "address": address})
        api.post("notification-rules", {"name": kind, "channel_id": channel["id"]})
        httpx.post(f"{api.server.url}/api/v1/notification-channels/{channel['id']}/test", headers=HEADERS, timeout=30)


def _people(server: Server) -> str:
    """An account, a status page with a password, those who may not come in; returns a token that may."""
    with httpx.Client(base_url=server.url, headers=ADMINISTRATOR, timeout=30) as browser:
        account = {"name": "grace", "role": "EDITOR", "password": PLANTED["account"]}
        page = {"slug": "shop", "title": "Shop", "password": PLANTED["status page"]}
        assert browser.post("/api/v1/users", json=account).status_code == 201
        assert browser.post("/api/v1/status-pages", json=page).status_code == 201
        token = str(browser.post("/api/v1/tokens", json={"name": "ci", "scopes": ["read"]}).json()["token"])
    httpx.post(f"{server.url}/login", data={"name": "grace", "password": PLANTED["typed into the sign-in page"]})
    httpx.post(f"{server.url}/status/shop", data={"password": PLANTED["typed into the sign-in page"]})
    httpx.get(f"{server.url}/login/oidc")
    wrong = {"Authorization": f"Bearer {PLANTED['API token that is wrong']}"}
    assert httpx.get(f"{server.url}/api/v1/websites", headers=wrong).status_code == 401
    assert httpx.get(f"{server.url}/api/v1/websites", headers={"Authorization": f"Bearer {token}"}).is_success
    return token


def _wait_for_checks(api: Api) -> None:
    deadline = time.monotonic() + 30
    while not all(api.get(f"websites/{website_id}/checks")["total"] for website_id in (1, 2)):
        assert time.monotonic() < deadline, api.server.log
        time.sleep(0.1)


def _exports(server: Server) -> bytes:
    with httpx.Client(base_url=f"{server.url}/api/v1/", headers=ADMINISTRATOR, timeout=30) as browser:
        answers = [browser.get(path) for path in EXPORTS]
    assert [answer.status_code for answer in answers] == [200] * len(EXPORTS)
    metrics = httpx.get(f"{server.url}/metrics", headers=HEADERS)
    return b"\n".join(answer.content for answer in (*answers, metrics))


def _files(folder: Path) -> bytes:
    keys = (SEALING_KEY, REDACTION_KEY)
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name not in keys)
