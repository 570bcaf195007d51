"""/account, /users and /audit, for those who may use them and those who may not."""

import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from core import database
from core.accounts import passwords
from core.accounts.tokens import token_hash
from core.clock import utc_now
from core.models import Role, Website
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD
from dashboard.access import COOKIE
from dashboard.pages.account import browser_words
from dashboard.pages.audit import details_words
from tests import oidc_provider
from tests.accounts import HEADERS
from tests.dashboard.axe import serious_findings
from tests.dashboard.pages.seed import fill
from tests.e2e.api import Api
from tests.e2e.server import Server
from tests.factories import make_window
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET

NOT_THEIRS = re.compile(
    r"^(Delete|Edit|Pause|Check now|Start debug session|Plan maintenance|\+ Add website|Pin|Run again|End now)\b"
)
PASSWORD = "nine unrelated otters sing"


@pytest.fixture(scope="module")
def there() -> Iterator[oidc_provider.Provider]:
    """A provider that people may also sign in with."""
    with oidc_provider.providing() as provider:
        yield provider


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, there: oidc_provider.Provider) -> Iterator[Server]:
    """A server for these tests only, because they change roles."""
    server = Server(data_dir=tmp_path_factory.mktemp("accounts") / "data")
    server.data_dir.mkdir()
    fill(server.data_dir)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("WATCHWRIGHT_OIDC_ISSUER", there.issuer)
        environment.setenv("WATCHWRIGHT_OIDC_CLIENT_ID", CLIENT_ID)
        environment.setenv("WATCHWRIGHT_OIDC_CLIENT_SECRET", CLIENT_SECRET)
        environment.setenv("WATCHWRIGHT_OIDC_ROLES_CLAIM", "groups")
        environment.setenv("WATCHWRIGHT_OIDC_ROLES", "ops=editor")
        server.start()
    engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        ada = UserCRUD.get_by_name(db, "ada")
        assert ada is not None
        ada.password_hash = passwords.hashed(PASSWORD)
        _let_in(db, ada.id, "ada's other browser")
        _let_in(db, UserCRUD.create(db, name="vera", role=Role.VIEWER).id, "vera")
        make_window(db, db.get_one(Website, 1))
    engine.dispose()
    yield server
    server.kill()


@pytest.fixture
def viewer(browser: Browser) -> Iterator[Page]:
    """The page of somebody with the role of a viewer."""
    page = browser.new_page()
    page.set_default_timeout(10_000)
    page.context.add_cookies([{"name": COOKIE, "value": "vera", "domain": "127.0.0.1", "path": "/"}])
    yield page
    page.context.close()


def test_sign_ins_are_listed_and_can_be_ended(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/account")
    expect(page.get_by_text("this browser")).to_be_visible()
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows).to_have_count(2)

    page.get_by_role("button", name="Sign out everywhere else").click()

    expect(rows).to_have_count(1)
    assert serious_findings(page) == []


def test_a_token_is_shown_once_and_works_until_it_is_revoked(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/account")
    page.get_by_role("button", name="Create token").click()
    dialog = page.get_by_role("dialog", name="Create API token")
    dialog.get_by_label("Name").fill("ci")
    dialog.get_by_role("button", name="Create token").click()
    secret = page.get_by_label("Shown once").inner_text()
    assert secret.startswith("ww_")
    page.get_by_role("button", name="I have saved it").click()

    page.reload()

    expect(page.get_by_role("button", name="Revoke ci")).to_be_visible()
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke ci").click()
    page.get_by_role("button", name="Revoke token").click()
    expect(page.get_by_role("button", name="Revoke ci")).to_have_count(0)


def test_two_step_sign_in_is_turned_on_with_recovery_codes_and_off_with_the_password(
    page: Page, server: Server
) -> None:
    page.goto(f"{server.url}/account")
    page.get_by_role("button", name="Turn on").click()
    secret = page.locator("code.ww-once").inner_text()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_label("Current code").fill(pyotp.TOTP(secret).now())
    page.locator("form").get_by_role("button", name="Turn on").click()
    assert len(page.get_by_label("Shown once").inner_text().split()) == 10
    page.get_by_role("button", name="I have saved it").click()

    page.get_by_role("button", name="Turn off").click()
    page.get_by_label("Current password").fill("not it, not it")
    page.locator("form").get_by_role("button", name="Turn off").click()
    expect(page.get_by_label("Current password")).to_have_accessible_description("The current password is incorrect.")
    expect(page.get_by_label("Current password")).to_be_focused()
    page.get_by_label("Current password").fill(PASSWORD)
    page.locator("form").get_by_role("button", name="Turn off").click()

    expect(page.get_by_role("button", name="Turn on")).to_be_visible()


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A browser that is not signed in."""
    page = browser.new_page()
    page.set_default_timeout(10_000)
    yield page
    page.context.close()


def test_a_provider_sign_in_gets_the_providers_role(
    stranger: Page, server: Server, there: oidc_provider.Provider
) -> None:
    there.person = {"sub": "g-1906", "preferred_username": "grace", "groups": ["ops"]}

    stranger.goto(f"{server.url}/downtime")
    stranger.get_by_role("link", name="Sign in with 127.0.0.1").click()

    stranger.wait_for_url(f"{server.url}/downtime")
    expect(stranger.get_by_role("heading", name="Downtime").first).to_be_visible()
    me = stranger.request.get(f"{server.url}/api/v1/me").json()
    assert (me["name"], sorted(me["permissions"])) == ("user grace", ["debug", "read", "write"])


def test_a_providers_answer_to_another_browser_is_refused(
    stranger: Page, server: Server, there: oidc_provider.Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(there, "brings_back", {"state": "somebody-elses"})
    exchanged = len(there.exchanged)

    stranger.goto(f"{server.url}/login")
    stranger.get_by_role("link", name="Sign in with 127.0.0.1").click()

    expect(stranger.get_by_text("Sign-in failed. Try again")).to_be_visible()
    assert len(there.exchanged) == exchanged
    assert stranger.request.get(f"{server.url}/api/v1/me").status == 401


def test_an_administrator_adds_changes_and_deletes_an_account(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/users")
    page.get_by_role("button", name="Add account").click()
    page.get_by_label("Name or e-mail address").fill("Grace@example.org")
    page.get_by_label("New password").fill("short")
    page.locator("form").get_by_role("button", name="Add account").click()
    expect(page.get_by_role("alert").filter(has_text="10 characters")).to_be_visible()
    page.get_by_label("New password").fill(PASSWORD)
    page.locator("form").get_by_role("button", name="Add account").click()
    row = page.locator("tbody tr").filter(has_text="grace@example.org")
    expect(row).to_contain_text("Viewer")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert serious_findings(page) == []

    page.get_by_role("button", name="Edit grace@example.org").click()
    page.get_by_label("Role").select_option("EDITOR")
    page.get_by_label("State").select_option("Disabled")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Editor")
    expect(row).to_contain_text("Disabled")

    page.get_by_role("button", name="Delete grace@example.org").click()
    page.get_by_role("button", name="Delete account").click()
    expect(row).to_have_count(0)
    page.goto(f"{server.url}/audit?action=user")
    expect(page.locator("tbody tr").first).to_contain_text("user.delete")
    assert serious_findings(page) == []
    page.get_by_label("Who", exact=True).select_option("By user ada")
    expect(page).to_have_url(re.compile(r"actor=user(%20|\+)ada"))
    expect(page.locator("tbody tr").first).to_contain_text("user.delete")


def test_a_long_name_does_not_displace_other_columns(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    name = f"{'long' * 40}@example.org"
    engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        UserCRUD.create(db, name=name, role=Role.VIEWER)
        AuditEventCRUD.create(db, actor=f"user {name}", action="user.test", subject=f"user {name}")
    engine.dispose()

    page.goto(f"{server.url}/users")
    expect(page.get_by_role("button", name=f"Delete {name}")).to_be_in_viewport(ratio=1)
    page.goto(f"{server.url}/audit?action=user")
    of_it = page.get_by_role("row").filter(has_text=name)
    expect(of_it).to_have_count(1)
    assert of_it.evaluate("row => row.clientHeight") < 120  # the subject does not wrap after every letter


def test_audit_events_fit_a_phone(page: Page, server: Server) -> None:
    Api(server).post("websites", {"url": "http://127.0.0.1:9/audited", "is_active": False})
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/audit")
    log = page.get_by_role("region", name="Audit log")
    expect(log).to_be_visible()

    assert log.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_accounts_fit_a_phone(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server.url}/users")
    table = page.locator(".ww-scroll:has(table)")

    expect(page.get_by_role("button", name="Delete").first).to_be_in_viewport(ratio=1)
    assert table.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_the_audit_log_downloads_as_json_lines(server: Server) -> None:
    asked = urllib.request.Request(
        f"{server.url}/api/v1/audit-events.jsonl", headers={"Cookie": f"{COOKIE}=the-browser-of-ada"}
    )

    with urllib.request.urlopen(asked) as answer:
        lines = answer.read().decode().splitlines()

    assert all(json.loads(line)["action"] for line in lines)
    assert HEADERS["Authorization"].split()[1] not in "".join(lines)


def test_a_viewer_sees_no_forbidden_buttons(viewer: Page, server: Server, subtests: pytest.Subtests) -> None:
    for path in ("/", "/websites/1", "/maintenance", "/debug-sessions", "/debug-sessions/1", "/downtime/1"):
        with subtests.test(path=path):
            viewer.goto(server.url + path)
            expect(viewer.get_by_role("link", name="Your account: vera")).to_be_visible()
            expect(viewer.locator("h1").first).to_be_visible()
            expect(viewer.get_by_role("button", name=NOT_THEIRS)).to_have_count(0)

    expect(viewer.get_by_role("textbox", name="Notes")).not_to_be_editable()  # the downtime window's, visited last
    for path, words in (
        ("/notifications", "There are no channels yet, so no notifications are sent. Editors can add some."),
        ("/maintenance", "Editors can plan when a website may be down"),
        ("/status-pages", "Editors can publish the status of chosen websites"),
    ):
        viewer.goto(server.url + path)
        expect(viewer.get_by_text(words)).to_be_visible()
    viewer.goto(f"{server.url}/users")
    expect(viewer.get_by_text("Only administrators can do this")).to_be_visible()


def test_an_open_page_shows_the_form_when_its_sign_in_ends(viewer: Page, server: Server) -> None:
    viewer.goto(f"{server.url}/downtime")
    expect(viewer.get_by_role("heading", name="Downtime").first).to_be_visible()

    viewer.request.post(f"{server.url}/logout", headers={"Origin": server.url}, max_redirects=0)

    viewer.wait_for_url("**/login?next=/downtime", timeout=15_000)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
            "Chrome 138 on Linux",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605 Version/18.1 Safari/605", "Safari 18 on macOS"),
        ("curl/8.0", "curl/8.0"),
        (None, "unknown browser"),
    ],
    ids=["chrome", "safari", "curl", "nothing"],
)
def test_a_user_agent_is_described(said: str | None, words: str) -> None:
    assert browser_words(said) == words


def test_details_are_one_line() -> None:
    assert details_words({"is_active": False, "scopes": ["read", "write"]}) == "is active: False, scopes: read, write"
    assert details_words(None) == ""


def _let_in(db: Session, user_id: int, cookie: str) -> None:
    SignInCRUD.create(db, user_id=user_id, token_hash=token_hash(cookie), expires_at=utc_now() + timedelta(days=1))
