"""/login: the first visitor creates the administrator, later ones sign in. Plain HTML: no script, no socket."""

import secrets
from typing import Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader
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
from dashboard.access import local
from dashboard.acting import current
from dashboard.auth import COOKIE
from dashboard.runtime import Runtime
from dashboard.theme_choice import COOKIE as THEME_COOKIE

router = APIRouter(include_in_schema=False)
_templates = Environment(loader=PackageLoader("dashboard"), autoescape=True, trim_blocks=True, lstrip_blocks=True)

Field = dict[str, Any]
NAME: Field = {"name": "name", "label": "Name or e-mail", "type": "text", "autocomplete": "username", "value": ""}
PASSWORD: Field = {"name": "password", "label": "Password", "type": "password", "autocomplete": "current-password"}
CODE: Field = {"name": "code", "label": "Code", "type": "text", "autocomplete": "one-time-code", "focus": True}
POLICY = (
    "default-src 'none'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; style-src 'self'"
)


@router.get("/login")
async def form(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name that such addresses have
    """The form that fits: for the first account, or to sign in."""
    if current().user_id is not None:
        return RedirectResponse(_below(request, local(next)), 303)
    return await _form(request, local(next))


@router.post("/login")
async def submit(
    request: Request,
    name: str = Form(""),
    password: str = Form(""),
    code: str = Form(""),
    next: str = Form("/"),  # noqa: A002
) -> Response:
    """Create the administrator, or sign in."""
    try:
        if not await in_session(UserCRUD.are_there):
            await _create_administrator(request, name, password, code)
        signed_in = await sign_in.sign_in(name, password, _visitor(request))
    except (InvalidInput, AlreadyExists, SignInRefused) as error:
        return await _form(request, local(next), error=str(error), name=name)
    if signed_in.needs_code:
        return _with_cookie(request, _code_form(request, local(next)), signed_in)
    return _with_cookie(request, RedirectResponse(_below(request, local(next)), 303), signed_in)


@router.post("/login/code")
async def submit_code(request: Request, code: str = Form(""), next: str = Form("/")) -> Response:  # noqa: A002
    """The second step."""
    runtime: Runtime = request.app.state.runtime
    token = request.cookies.get(COOKIE, "")
    try:
        signed_in = await sign_in.enter_code(token, code, _visitor(request), Sealer.of(runtime.settings))
    except SignInRefused as error:
        return _code_form(request, local(next), error=str(error))
    return _with_cookie(request, RedirectResponse(_below(request, local(next)), 303), signed_in)


@router.post("/logout")
async def sign_out(request: Request) -> Response:
    """End this browser's sign-in, and the pages that it still has open."""
    actor = current()
    if actor.user_id is not None and actor.sign_in_id is not None:
        await in_session(_end, actor.user_id, actor.sign_in_id, actor.name, actor.address)
        signals.sign_in_ended.send(signals.SignInEnded(sign_in_id=actor.sign_in_id))
    answer = RedirectResponse(_below(request, "/login"), 303)
    answer.delete_cookie(COOKIE, path=_below(request, "/"))
    return answer


def _end(db: Any, user_id: int, sign_in_id: int, name: str, address: str | None) -> None:
    SignInCRUD.delete(db, user_id, sign_in_id)
    AuditEventCRUD.create(db, actor=name, action="sign_out", address=address)


async def _create_administrator(request: Request, name: str, password: str, code: str) -> None:
    runtime: Runtime = request.app.state.runtime
    expected = runtime.setup_code
    if expected and not secrets.compare_digest(code.strip().encode(), expected.encode()):
        raise SignInRefused("The code is not the one that the server has printed when it started.")
    data = UserCreate.checked({"name": name, "role": Role.ADMINISTRATOR, "password": SecretStr(password)})
    await manage.add_first(data, _visitor(request).address)


async def _form(request: Request, address: str, *, error: str = "", name: str = "") -> HTMLResponse:
    if await in_session(UserCRUD.are_there):
        fields = [NAME | {"value": name, "focus": not name}, PASSWORD | {"focus": bool(name)}]
        return _page(request, "Sign in", fields, error=error, submit="Sign in", next=address)
    runtime: Runtime = request.app.state.runtime
    from_console = CODE | {"hint": "The server has printed it when it started.", "focus": False}
    hint = "At least 10 characters; a few unrelated words are easy to keep in mind."
    fields = [
        NAME | {"value": name, "focus": True},
        PASSWORD | {"autocomplete": "new-password", "hint": hint},
        *([from_console] if runtime.setup_code else []),
    ]
    words = "Nobody has an account here yet. This one may do everything, and can add others."
    return _page(request, "Create the administrator", fields, words=words, error=error, submit="Create", next=address)


def _code_form(request: Request, address: str, *, error: str = "") -> HTMLResponse:
    words = "Enter the code that your authenticator shows, or a recovery code."
    return _page(
        request, "One more step", [CODE], words=words, error=error, submit="Sign in", next=address, action="/login/code"
    )


def _page(request: Request, title: str, fields: list[Field], **more: Any) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    chosen = request.cookies.get(THEME_COOKIE, "")
    html = _templates.get_template("login.html").render(
        {"action": "/login", "words": "", "error": ""} | more,
        title=title,
        fields=fields,
        nonce=nonce,
        theme=chosen if chosen in ("light", "dark") else "system",
        variables=theme.variables() + theme.by_system(),
        root=request.scope.get("root_path", ""),
    )
    policy = (
        f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; font-src 'self'; img-src 'self'; form-action 'self'"
    )
    headers = {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Cache-Control": "no-store"}
    return HTMLResponse(html, 403 if more.get("error") else 200, headers=headers)


def _with_cookie(request: Request, answer: Response, signed_in: SignedIn) -> Response:
    answer.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=None if signed_in.needs_code else int(STAYS_SIGNED_IN.total_seconds()),
        path=_below(request, "/"),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return answer


def _below(request: Request, address: str) -> str:
    """*address* where the application is served below a path."""
    return f"{request.scope.get('root_path', '')}{address}"


def _visitor(request: Request) -> Visitor:
    client = request.client
    return Visitor(address=client.host if client else None, user_agent=request.headers.get("user-agent"))
