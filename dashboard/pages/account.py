"""/account: the reader's password, two-step sign-in, sign-ins and API tokens."""

import re
from datetime import timedelta
from functools import partial

from nicegui import ui

from core.clock import utc_now
from core.errors import NotAllowed
from core.models import ApiToken, SignIn
from core.schemas import Scope
from dashboard.actions import own_account
from dashboard.actions.own_account import Account
from dashboard.components.elements import button, card_head, moment, table_head, text
from dashboard.components.fields import Field
from dashboard.components.small_dialogs import Values, ask, confirm, show_once
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, frame, sign_out_form
from dashboard.runtime import Runtime

PRESENT = Field(name="present", label="Current password", kind="password", autocomplete="current-password")
NEW = Field(
    name="password",
    label="New password",
    kind="password",
    autocomplete="new-password",
    note="At least 10 characters. A few unrelated words are easy to remember.",
)
CODE = Field(name="code", label="Current code", autocomplete="one-time-code")
LASTS = (("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Never"))
SCOPES = (
    (Scope.READ, "Read: everything you can see"),
    (Scope.WRITE, "Write: change websites, maintenance and notes"),
    (Scope.DEBUG, "Debug: run debug sessions"),
)
# The order matters: Edge also names Chrome, and Chrome also names Safari.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Version", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("Windows", "Windows"), ("Mac OS", "macOS"))


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/account", response_timeout=DRAW_SECONDS)
    async def account_page() -> None:
        with frame("Your account"):
            try:
                page = AccountPage(runtime, await own_account.load())
            except NotAllowed as error:
                text("h1", "Your account")
                text("p", str(error), "ww-secondary")
                return
            page.draw()


def browser_words(user_agent: str | None) -> str:
    """Return the browser and system in a ``User-Agent`` header, in words."""
    agent = user_agent or ""
    browser = next((f"{name} {found[1]}" for key, name in BROWSERS if (found := re.search(rf"{key}/(\d+)", agent))), "")
    system = next((name for key, name in SYSTEMS if key in agent), "Linux" if "Linux" in agent else "")
    return " on ".join(part for part in (browser, system) if part) or agent[:80] or "unknown browser"


class AccountPage:
    """The account page of one reader."""

    def __init__(self, runtime: Runtime, account: Account) -> None:
        self._settings = runtime.settings
        self._account = account

    def draw(self) -> None:
        """Draw the page. Open dialogs survive a refresh, as only `parts` is redrawn."""
        with ui.element("div").classes("ww-title"):
            text("h1", "Your account")
            text("span", f"{self._account.user.name}, {self._account.user.role.value.lower()}", "ww-muted")
            with ui.element("div").classes("ww-actions"):
                sign_out_form()
        self.parts()

    @ui.refreshable_method
    def parts(self) -> None:
        """Draw the cards."""
        self._signing_in()
        self._sign_ins()
        self._tokens()

    async def _reload(self) -> None:
        self._account = await own_account.load()
        self.parts.refresh()

    def _signing_in(self) -> None:
        user = self._account.user
        with ui.element("section").classes("ww-card"):
            card_head("Sign-in")
            with ui.element("div").classes("ww-plan"):
                with ui.element("div").classes("ww-what"):
                    text("b", "Password")
                    text("div", "Changing it signs out all your other browsers.", "ww-muted")
                with ui.element("div").classes("ww-actions"):
                    button("Change password", self._ask_password)
            with ui.element("div").classes("ww-plan"):
                left = len(user.recovery_codes or ())
                is_on = user.totp_secret is not None
                words = (
                    f"On; {left} recovery codes are unused." if is_on else "Off. You sign in with the password alone."
                )
                with ui.element("div").classes("ww-what"):
                    text("b", "Two-step sign-in")
                    text("div", words, "ww-muted")
                with ui.element("div").classes("ww-actions"):
                    if is_on:
                        button("Turn off", self._ask_two_step_off)
                    else:
                        button("Turn on", self._ask_two_step_on)

    def _sign_ins(self) -> None:
        with ui.element("section").classes("ww-card"):
            with card_head("Signed-in browsers"), ui.element("div").classes("ww-actions"):
                if len(self._account.sign_ins) > 1:
                    button("Sign out everywhere else", self._end_others)
                button("Sign out everywhere", self._ask_everywhere)
            with ui.element("div").classes("ww-scroll"), ui.element("table").classes("ww-table ww-named"):
                table_head("Browser", "Address", "Since", "Last seen", "")
                with ui.element("tbody"):
                    for sign_in in self._account.sign_ins:
                        self._sign_in_row(sign_in)

    def _sign_in_row(self, sign_in: SignIn) -> None:
        is_here = sign_in.id == self._account.here
        words = browser_words(sign_in.user_agent)
        with ui.element("tr"):
            with ui.element("td"):
                text("span", words)
                if is_here:
                    text("span", " · this browser", "ww-muted")
            text("td", sign_in.address or "", "ww-mono")
            with ui.element("td"):
                moment(sign_in.created_at, is_long=True)
            with ui.element("td"):
                moment(sign_in.last_seen_at)
            with ui.element("td").classes("ww-number"):
                if not is_here:
                    button("Sign out", partial(self._end, sign_in.id), says=f"Sign out {words}")

    def _tokens(self) -> None:
        with ui.element("section").classes("ww-card"):
            with card_head("API tokens", "for scripts and other programs"), ui.element("div").classes("ww-actions"):
                button("Create token", self._ask_token, kind="ww-primary")
            if not self._account.tokens:
                text("p", "No tokens yet.", "ww-table-empty")
                return
            with ui.element("div").classes("ww-scroll"), ui.element("table").classes("ww-table ww-named"):
                table_head("Name", "May", "Expires", "Last used", "")
                with ui.element("tbody"):
                    for token in self._account.tokens:
                        self._token_row(token)

    def _token_row(self, token: ApiToken) -> None:
        with ui.element("tr"):
            text("td", token.name)
            text("td", ", ".join(token.scopes))
            with ui.element("td"):
                if token.expires_at is None:
                    text("span", "never", "ww-muted")
                elif token.expires_at <= utc_now():
                    text("span", "has expired", "ww-is-degraded-text")
                else:
                    moment(token.expires_at, is_long=True)
            with ui.element("td"):
                if token.last_used_at is None:
                    text("span", "never", "ww-muted")
                else:
                    moment(token.last_used_at)
            with ui.element("td").classes("ww-number"):
                button("Revoke", partial(self._ask_revoke, token), says=f"Revoke {token.name}")

    async def _end(self, sign_in_id: int) -> None:
        await notify_on_error(own_account.end_sign_in(sign_in_id))
        await self._reload()

    async def _end_others(self) -> None:
        await notify_on_error(own_account.sign_out_everywhere(but_here=True))
        await self._reload()

    def _ask_password(self) -> None:
        async def change(values: Values) -> None:
            await own_account.change_password(values["present"], values["password"])
            ui.notify("Password changed. All your other browsers are signed out.", type="positive")
            await self._reload()

        ask("Change password", (PRESENT, NEW), "Change password", change)

    def _ask_two_step_on(self) -> None:
        secret, picture = own_account.new_two_step(self._account.user.name)

        def scan() -> None:
            with ui.element("div").classes("ww-qr").props('role=img aria-label="QR code for the authenticator"'):
                ui.html(picture, sanitize=False)  # our own QR code of our own secret
            text("p", "Or type this key into it:", "ww-secondary")
            text("code", secret, "ww-once")

        async def start(values: Values) -> None:
            codes = await own_account.start_two_step(self._settings, secret=secret, code=values["code"])
            await self._reload()
            words = "If you lose your device, each code signs you in once. They are not shown again."
            show_once("Save your recovery codes", words, codes)

        words = "Scan the QR code with an authenticator app, then enter the code from the app."
        ask("Two-step sign-in", (CODE,), "Turn on", start, words=words, above=scan)

    def _ask_two_step_off(self) -> None:
        async def end(values: Values) -> None:
            await own_account.end_two_step(values["present"])
            await self._reload()

        words = "You will sign in with your password alone. The recovery codes stop working."
        ask("Turn two-step sign-in off?", (PRESENT,), "Turn off", end, words=words, is_loss=True)

    def _ask_everywhere(self) -> None:
        async def end() -> None:
            await own_account.sign_out_everywhere(but_here=False)

        words = "This signs out every browser, including this one. API tokens keep working."
        confirm("Sign out everywhere?", words, "Sign out everywhere", end)

    def _ask_token(self) -> None:
        fields = [
            Field(name="name", label="Name"),
            *(Field(name=scope, label=words, kind="switch") for scope, words in SCOPES),
            Field(name="lasts", label="Expires after", kind="choice", choices=LASTS),
        ]

        async def make(values: Values) -> None:
            days = values["lasts"]
            made = await own_account.mint(
                {
                    "name": values["name"].strip(),
                    "scopes": [scope for scope in Scope if values[scope]],
                    "expires_at": utc_now() + timedelta(days=int(days)) if days else None,
                }
            )
            await self._reload()
            show_once(
                f"Token {made.token.name}",
                "Copy it now. It is not shown again, because Watchwright stores only a hash.",
                [made.secret],
            )

        filled = {Scope.READ: True, "lasts": "90"}
        ask(
            "Create API token",
            fields,
            "Create token",
            make,
            filled=filled,
            words="The token has at most your own permissions.",
        )

    def _ask_revoke(self, token: ApiToken) -> None:
        async def revoke() -> None:
            try:
                await own_account.revoke(token.id)
            finally:
                await self._reload()

        words = "Programs that use it lose access immediately. This cannot be undone."
        confirm(f"Revoke {token.name}?", words, "Revoke token", revoke)
