"""Signing in with a provider, from the button on the sign-in page to the end, and its failures."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from core import database
from core.accounts.oidc import Provider
from core.config import Settings
from core.database import in_session
from core.debugging.session import DebugSessions
from core.models import Role
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD
from core.workers.monitor_link import MonitorLink
from dashboard import access
from dashboard.api import include_api
from dashboard.auth import Guard
from dashboard.runtime import Runtime
from dashboard.web import login, oidc_login
from dashboard.web.origin import SameOrigin
from tests import oidc_provider, sqlite
from tests.accounts import NAME, let_in
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET

OURS = "https://watch.example.org"


@pytest.fixture
def there() -> Iterator[oidc_provider.Provider]:
    with oidc_provider.providing() as provider:
        yield provider


@pytest.fixture
def app(there: oidc_provider.Provider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FastAPI]:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    given: dict[str, Any] = {"oidc_client_secret": CLIENT_SECRET, "oidc_roles": "ops=editor"}
    settings = Settings(
        public_url=OURS, oidc_issuer=there.issuer, oidc_client_id=CLIENT_ID, oidc_roles_claim="groups", **given
    )
    sqlite.new_store(tmp_path / "watchwright.sqlite3")
    engine = database.make_engine(settings.store_url)
    database.bind(engine)
    database.run_in_session(let_in)
    app = FastAPI()
    app.state.runtime = Runtime(
        settings=settings,
        engine=engine,
        monitor=MonitorLink(),
        sessions=DebugSessions(settings),
        oidc=Provider.of(settings),
    )
    for router in (login.router, oidc_login.router):
        app.include_router(router)
    include_api(app)
    app.add_middleware(Guard)
    app.add_middleware(SameOrigin, settings=settings)
    yield app
    engine.dispose()


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OURS) as browser:
        yield browser


async def walk(browser: httpx.AsyncClient, there: oidc_provider.Provider, path: str = "/login/oidc") -> httpx.Response:
    """Follow the redirects to the provider and back, and return our callback's response."""
    led = await browser.get(path)
    assert led.status_code == 303
    return await browser.get(there.visited(led.headers["location"]))


async def test_the_button_keeps_the_wanted_address(browser: httpx.AsyncClient, there: oidc_provider.Provider) -> None:
    page = await browser.get("/login?next=/downtime%3Ftag%3Da")
    there.person["groups"] = ["ops"]

    answer = await walk(browser, there, "/login/oidc?next=/downtime%3Ftag%3Da")

    assert 'href="/login/oidc?next=/downtime%3Ftag%3Da"' in page.text
    assert "Sign in with 127.0.0.1" in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/downtime?tag=a")
    assert (await browser.get("/api/v1/websites")).status_code == 200
    user = await in_session(UserCRUD.get_by_name, "grace")
    assert user is not None and user.role is Role.EDITOR
    assert there.asked[0]["redirect_uri"] == f"{OURS}/login/oidc/callback"


async def test_its_cookies_are_secure_http_only_and_lax(
    browser: httpx.AsyncClient, there: oidc_provider.Provider
) -> None:
    there.person["groups"] = ["ops"]
    led = await browser.get("/login/oidc")
    back = await browser.get(there.visited(led.headers["location"]))

    for cookie in (led.headers.get_list("set-cookie"), back.headers.get_list("set-cookie")[:1]):
        assert [all(word in one for word in ("HttpOnly", "Secure", "SameSite=lax")) for one in cookie] == [True]
    assert there.asked[0]["state"] not in led.headers["set-cookie"]
    assert oidc_login.COOKIE not in browser.cookies


async def test_signing_in_creates_a_new_cookie(browser: httpx.AsyncClient, there: oidc_provider.Provider) -> None:
    there.person["groups"] = ["ops"]
    planted = f"{access.COOKIE}=planted"
    led = await browser.get("/login/oidc", headers={"cookie": planted})

    back = there.visited(led.headers["location"])
    answer = await browser.get(back, headers={"cookie": f"{planted}; {oidc_login.COOKIE}={_kept(led)}"})

    assert answer.status_code == 303
    assert planted not in str(answer.headers.get_list("set-cookie"))
    assert (await browser.get("/api/v1/websites", headers={"cookie": planted})).status_code == 401


def _kept(led: httpx.Response) -> str:
    return led.cookies[oidc_login.COOKIE]


async def test_a_callback_from_another_browser_is_refused(
    app: FastAPI, browser: httpx.AsyncClient, there: oidc_provider.Provider
) -> None:
    there.person["groups"] = ["ops"]
    led = await browser.get("/login/oidc")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=OURS) as victim:
        answer = await victim.get(there.visited(led.headers["location"]))

    assert answer.status_code == 403
    assert "started in another browser" in answer.text
    assert access.COOKIE not in answer.headers.get("set-cookie", "")
    assert there.exchanged == []


async def test_a_callback_works_once(browser: httpx.AsyncClient, there: oidc_provider.Provider) -> None:
    there.person["groups"] = ["ops"]
    led = await browser.get("/login/oidc")
    back = there.visited(led.headers["location"])
    kept = browser.cookies[oidc_login.COOKIE]
    await browser.get(back)

    again = await browser.get(back)
    replayed = await browser.get(back, headers={"cookie": f"{oidc_login.COOKIE}={kept}"})

    assert (again.status_code, replayed.status_code) == (403, 403)


async def test_a_forged_state_is_refused(browser: httpx.AsyncClient, there: oidc_provider.Provider) -> None:
    led = await browser.get("/login/oidc")
    back = there.visited(led.headers["location"])

    answer = await browser.get(f"{back}x")

    assert answer.status_code == 403
    assert there.exchanged == []


async def test_losing_the_role_signs_out(browser: httpx.AsyncClient, there: oidc_provider.Provider) -> None:
    there.person["groups"] = ["ops"]
    await walk(browser, there)
    there.person["groups"] = []

    answer = await walk(browser, there)

    assert answer.status_code == 403
    assert "You have no role" in answer.text
    assert (await browser.get("/api/v1/websites")).status_code == 401


async def test_an_account_with_a_password_is_not_taken_over(
    browser: httpx.AsyncClient, there: oidc_provider.Provider
) -> None:
    there.person = {"sub": "evil", "preferred_username": NAME, "groups": ["ops"]}

    answer = await walk(browser, there)

    assert answer.status_code == 403
    assert "already exists" in answer.text


async def test_signing_out_offers_the_providers_sign_out(
    browser: httpx.AsyncClient, there: oidc_provider.Provider
) -> None:
    there.person["groups"] = ["ops"]
    await walk(browser, there)

    answer = await browser.post("/logout", headers={"origin": OURS})
    page = await browser.get(answer.headers["location"])

    assert f'href="{there.issuer}/leave"' in page.text
    assert (await browser.get("/api/v1/websites")).status_code == 401
    user = await in_session(UserCRUD.get_by_name, "grace")
    assert user is not None
    assert (await in_session(SignInCRUD.get_by_user, user.id))[1] == 0


async def test_the_audit_log_names_the_provider(browser: httpx.AsyncClient, there: oidc_provider.Provider) -> None:
    there.person["groups"] = ["ops"]
    await walk(browser, there)

    events, _total = await in_session(AuditEventCRUD.get_all)

    assert [(event.action, event.actor) for event in events] == [
        ("sign_in", "user grace"),
        ("user.add", f"provider {there.issuer}"),
    ]


async def test_the_callback_redirects_only_to_our_own_pages(
    browser: httpx.AsyncClient, there: oidc_provider.Provider
) -> None:
    there.person["groups"] = ["ops"]

    answer = await walk(browser, there, "/login/oidc?next=https://evil.example/")

    assert answer.headers["location"] == "/"


async def test_an_unavailable_provider_leaves_the_password(
    app: FastAPI, browser: httpx.AsyncClient, there: oidc_provider.Provider
) -> None:
    there.discovery = {"issuer": "https://evil.example"}

    answer = await browser.get("/login/oidc")

    assert answer.status_code == 403
    assert "Sign-in failed" in answer.text
    assert 'name="password"' in answer.text
    assert urlsplit(str(answer.url)).path == "/login/oidc"
