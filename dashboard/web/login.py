"""/login: lets the first visitor create the administrator, and later ones sign in. Plain HTML without scripts."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import SecretStr

from core import signals
from core.accounts import manage, sign_in
from core.accounts.sign_in import STAYS_SIGNED_IN, SignedIn, Visitor
from core.database import in_session
from core.errors import AlreadyExists, InvalidInput, SignInRefused
from core.models import Role
from core.schemas import UserCreate
from core.sealing import Sealer
from core.services import AuditEventCRUD, SignInCRUD, UserCRUD
from dashboard import theme
from dashboard.access import COOKIE, local
from dashboard.current_actor import current_actor
from dashboard.html_templates import templates
from dashboard.runtime import Runtime
from dashboard.theme_choice import body_class

router = APIRouter(include_in_schema=False)

Field = dict[str, Any]
NOTHING: Mapping[str, str] = {}
NAME: Field = {"name": "name", "label": "Name or e-mail", "type": "text", "autocomplete": "username", "value": ""}
PASSWORD: Field = {"name": "password", "label": "Password", "type": "password", "autocomplete": "current-password"}
CODE: Field = {"name": "code", "label": "Code", "type": "text", "autocomplete": "one-time-code", "focus": True}
NO_PASSWORD = {
    "asked": "Forgot your password?",
    "help": "An administrator can set a new one. Or run this on the server:",
    "command": "watchwright user passwd NAME",
}
NO_DEVICE = {
    "asked": "Lost both?",
    "help": "An administrator can turn this step off for you. Or create another administrator on the server:",
    "command": "watchwright user add NAME --role administrator",
}
POLICY = (
    "default-src 'none'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; style-src 'self'"
)


@router.get("/login")
async def form(request: Request, next: str = "/", left: bool = False) -> Response:  # noqa: A002 - their name
    """Show the form. After a sign-out (*left*), also offer to sign out of the provider."""
    if current_actor().user_id is not None:
        return RedirectResponse(prefixed(request, local(next)), 303)
    runtime = Runtime.of(request)
    address = await runtime.oidc.sign_out_address() if left and runtime.oidc else None
    return await form_page(request, local(next), leave=address)


@router.post("/login")
async def submit(
    request: Request,
    name: str = Form(""),
    password: str = Form(""),
    code: str = Form(""),
    next: str = Form("/"),  # noqa: A002
) -> Response:
    """Create the administrator if there is no account yet, then sign in."""
    try:
        if not await in_session(UserCRUD.are_there):
            with suppress(AlreadyExists):  # Enter was pressed twice: the same name and password sign in
                await _create_administrator(request, name, password, code)
        signed_in = await sign_in.sign_in(name, password, visitor(request))
    except (InvalidInput, SignInRefused) as error:
        return await form_page(request, local(next), error=str(error), wrong=error.by_field, name=name)
    if signed_in.needs_code:
        return with_cookie(request, code_form(request, local(next)), signed_in)
    return with_cookie(request, RedirectResponse(prefixed(request, local(next)), 303), signed_in)


@router.post("/login/code")
async def submit_code(request: Request, code: str = Form(""), next: str = Form("/")) -> Response:  # noqa: A002
    """Check the code of the second step."""
    token = request.cookies.get(COOKIE, "")
    try:
        signed_in = await sign_in.enter_code(token, code, visitor(request), Sealer.of(Runtime.of(request).settings))
    except SignInRefused as error:
        return code_form(request, local(next), error=str(error))
    return with_cookie(request, RedirectResponse(prefixed(request, local(next)), 303), signed_in)


@router.post("/logout")
async def sign_out(request: Request) -> Response:
    """End this browser's sign-in and close its open pages."""
    actor = current_actor()
    if actor.user_id is not None and actor.sign_in_id is not None:
        await in_session(_end, actor.user_id, actor.sign_in_id, actor.name, actor.address)
        signals.sign_in_ended.send(signals.SignInEnded(sign_in_id=actor.sign_in_id))
    left = "?left=true" if Runtime.of(request).oidc else ""
    answer = RedirectResponse(prefixed(request, f"/login{left}"), 303)
    answer.delete_cookie(COOKIE, path=prefixed(request, "/"))
    return answer


def _end(db: Any, user_id: int, sign_in_id: int, name: str, address: str | None) -> None:
    SignInCRUD.delete(db, user_id, sign_in_id)
    AuditEventCRUD.create(db, actor=name, action="sign_out", address=address)


async def _create_administrator(request: Request, name: str, password: str, code: str) -> None:
    expected = Runtime.of(request).setup_code
    if expected and not secrets.compare_digest(code.strip().encode(), expected.encode()):
        raise SignInRefused("Incorrect code. The server printed the code when it started.")
    data = UserCreate.checked({"name": name, "role": Role.ADMINISTRATOR, "password": SecretStr(password)})
    await manage.add_first(data, visitor(request).address)


async def form_page(
    request: Request,
    address: str,
    *,
    error: str = "",
    wrong: Mapping[str, str] = NOTHING,
    name: str = "",
    leave: str | None = None,
) -> HTMLResponse:
    """Return the form to create the first account or to sign in, which then leads to *address*.

    *leave* is the provider's sign-out address. *error* is shown above the button; the messages in *wrong* are shown at
    their fields instead.
    """
    runtime = Runtime.of(request)
    more: dict[str, Any] = {"error": error, "wrong": wrong, "next": address, **_provider(runtime, address, leave)}
    if await in_session(UserCRUD.are_there):
        fields = [NAME | {"value": name, "focus": not name}, PASSWORD | {"focus": bool(name)}]
        return _page(request, "Sign in", fields, submit="Sign in", lost=NO_PASSWORD, **more)
    from_console = CODE | {"hint": "The server printed it when it started.", "focus": False}
    hint = "At least 10 characters. A few unrelated words are easy to remember."
    fields = [
        NAME | {"value": name, "focus": "password" not in wrong},
        PASSWORD | {"autocomplete": "new-password", "hint": hint, "focus": "password" in wrong},
        *([from_console] if runtime.setup_code else []),
    ]
    words = "No accounts exist yet. This one has full access and can add others."
    return _page(request, "Create the administrator", fields, words=words, submit="Create", **more)


def _provider(runtime: Runtime, address: str, leave: str | None) -> dict[str, Any]:
    """Return the template's values for the provider's button and its sign-out link."""
    if runtime.oidc is None:
        return {}
    href = f"/login/oidc?next={quote(address, safe='/')}"
    return {"elsewhere": {"href": href, "label": f"Sign in with {runtime.oidc.host}"}, "host": runtime.oidc.host} | {
        "leave": leave
    }


def code_form(request: Request, address: str, *, error: str = "") -> HTMLResponse:
    """Return the form of the second step."""
    words = "Enter the code from your authenticator app, or a recovery code."
    return _page(
        request,
        "Two-step sign-in",
        [CODE],
        words=words,
        error=error,
        submit="Sign in",
        next=address,
        action="/login/code",
        lost=NO_DEVICE,
    )


def _page(request: Request, title: str, fields: list[Field], **more: Any) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    html = templates.get_template("login.html").render(
        {"action": "/login", "words": "", "error": "", "wrong": NOTHING} | more,
        title=title,
        fields=fields,
        nonce=nonce,
        body_class=body_class(request.cookies),
        static=theme.static,
        variables=theme.variables() + theme.by_system(),
        root=request.scope.get("root_path", ""),
    )
    policy = (
        f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; img-src 'self'; form-action 'self'"
    )
    headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Cache-Control": "no-store"}
    return HTMLResponse(html, 403 if more.get("error") else 200, headers=headers)


def with_cookie(request: Request, answer: Response, signed_in: SignedIn) -> Response:
    """Set the sign-in cookie on *answer* and return it."""
    answer.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=None if signed_in.needs_code else int(STAYS_SIGNED_IN.total_seconds()),
        path=prefixed(request, "/"),
        secure=is_over_tls(request),
        httponly=True,
        samesite="lax",
    )
    return answer


def is_over_tls(request: Request) -> bool:
    """Return whether the browser uses TLS. A form's Origin header says so even if the proxy does not."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def prefixed(request: Request, address: str) -> str:
    """Return *address* with the path prefix that the application is served below."""
    return f"{request.scope.get('root_path', '')}{address}"


def visitor(request: Request) -> Visitor:
    """Return the visitor's address and browser."""
    client = request.client
    return Visitor(address=client.host if client else None, user_agent=request.headers.get("user-agent"))
