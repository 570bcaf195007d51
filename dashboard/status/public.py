"""/status/{slug}: status pages as HTML, JSON and Atom from a cache, and their subscriptions."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from core.errors import InvalidInput, NotFound, StoreError, WatchwrightError
from core.sealing import Sealer
from dashboard.actions.notifications import links
from dashboard.runtime import Runtime
from dashboard.status import render, subscribing
from dashboard.status.cache import Body, CachedPage, cache
from dashboard.status.page_password import check_password
from dashboard.web.login import is_over_tls

router = APIRouter(include_in_schema=False)

COOKIE = "watchwright-status"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {"Content-Security-Policy": POLICY}
CONFIRM = "Confirm that you want e-mails when a website on {page} goes down or recovers."
LEAVE = "You will get no more e-mails from {page}, and your address is deleted."


@router.api_route("/status/{slug}", methods=["GET", "HEAD"])
async def page(slug: str, request: Request) -> Response:
    """Serve the HTML page."""
    return await _serve(slug, "html", request)


@router.api_route("/status/{slug}/status.json", methods=["GET", "HEAD"])
async def page_json(slug: str, request: Request) -> Response:
    """Serve the page as JSON."""
    return await _serve(slug, "json", request)


@router.api_route("/status/{slug}/feed.atom", methods=["GET", "HEAD"])
async def page_feed(slug: str, request: Request) -> Response:
    """Serve the page as an Atom feed."""
    return await _serve(slug, "atom", request)


@router.post("/status/{slug}/enter")
async def enter(slug: str, request: Request, password: Annotated[str, Form()] = "") -> Response:
    """Set the cookie of a password-protected page if the password is right."""
    cached = await _cached(slug, request)
    if cached.view is None:
        return _nothing(request)
    address = request.client.host if request.client else ""
    try:
        await check_password(slug, cached.view.password_hash, password, address)
    except WatchwrightError as error:
        return _ask_password(slug, str(error), request, status=403)
    answer = RedirectResponse(_prefixed(request, f"/status/{slug}"), 303)
    answer.set_cookie(
        COOKIE,
        _sealer(request).seal(f"{slug}:{cached.view.password_hash}"),
        path=_prefixed(request, f"/status/{slug}"),
        secure=is_over_tls(request),
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/status/{slug}/subscribe")
async def subscribe(slug: str, request: Request, email: Annotated[str, Form()] = "") -> Response:
    """Send an e-mail with a confirmation link."""
    cached = await _cached(slug, request)
    if cached.view is None or not _may_enter(cached, slug, request):
        return _nothing(request)
    try:
        await subscribing.subscribe(slug, email)
        message = "If this address has not subscribed yet, you will get an e-mail. Open the link in it to confirm."
        status = 200
    except (InvalidInput, NotFound) as error:
        message, status = str(error), 422
    return _html(render.html(cached.view, root=_root(request), message=message), status)


@router.get("/status/{slug}/confirm")
async def ask_confirmation(slug: str, request: Request, token: str = "") -> Response:
    """Show a button that confirms, as mail scanners follow links but press no buttons."""
    form = {"action": f"/status/{slug}/confirm", "token": token, "button": "Confirm subscription"}
    return await _ask(slug, request, "Confirm your subscription", CONFIRM, form)


@router.post("/status/{slug}/confirm")
async def confirm(slug: str, request: Request, token: Annotated[str, Form()] = "") -> Response:
    """Confirm a subscription."""
    is_known = await subscribing.confirm(slug, token)
    words = "You will get updates by e-mail." if is_known else "This link is invalid or has expired. Subscribe again."
    title = "Subscribed" if is_known else "Not subscribed"
    return _html(render.small_page(title, words, root=_root(request), back=f"/status/{slug}"))


@router.get("/status/{slug}/unsubscribe")
async def ask_leave(slug: str, request: Request, token: str = "") -> Response:
    """Show a button that unsubscribes."""
    form = {"action": f"/status/{slug}/unsubscribe", "token": token, "button": "Unsubscribe"}
    return await _ask(slug, request, "Unsubscribe", LEAVE, form)


@router.post("/status/{slug}/unsubscribe")
async def leave(slug: str, request: Request, token: Annotated[str, Form()] = "") -> Response:
    """Delete the address. Mail programs' own button (RFC 8058) sends the token in the query."""
    await subscribing.unsubscribe(slug, token or request.query_params.get("token", ""))
    message = "Your address was deleted."
    return _html(render.small_page("Unsubscribed", message, root=_root(request), back=f"/status/{slug}"))


async def _serve(slug: str, form: str, request: Request) -> Response:
    cached = await _cached(slug, request)
    if cached.view is None:
        return _nothing(request)
    if not _may_enter(cached, slug, request):
        return _ask_password(slug, "Enter the password to see this page.", request, status=401)
    return _answer(cached.bodies[form], request, is_private=cached.view.password_hash is not None)


def _answer(body: Body, request: Request, *, is_private: bool) -> Response:
    headers = {
        "ETag": body.etag,
        "Cache-Control": "private, no-cache" if is_private else "public, max-age=5",
        "Vary": "Accept-Encoding, Cookie" if is_private else "Accept-Encoding",
        "Content-Type": body.kind,
        **HEADERS,
    }
    if_none_match = request.headers.get("if-none-match", "")
    if body.etag in [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")] or if_none_match == "*":
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(body.packed, headers=headers | {"Content-Encoding": "gzip"})
    return Response(body.content, headers=headers)


async def _cached(slug: str, request: Request) -> CachedPage:
    address = f"{links(Runtime.of(request).settings).root}/status/{slug}"
    return await cache.get(slug[:64], root=_root(request), address=address)


def _may_enter(cached: CachedPage, slug: str, request: Request) -> bool:
    if cached.view is None or cached.view.password_hash is None:
        return True
    try:
        return _sealer(request).open(request.cookies.get(COOKIE, "")) == f"{slug}:{cached.view.password_hash}"
    except StoreError:
        return False


def _ask_password(slug: str, words: str, request: Request, *, status: int) -> Response:
    form = {"action": f"/status/{slug}/enter", "password": "yes", "button": "Enter"}
    return _html(render.small_page("Password required", words, root=_root(request), form=form), status)


async def _ask(slug: str, request: Request, title: str, words: str, form: dict[str, str]) -> Response:
    """Show a form with one button. It hides the title of a password-protected page."""
    cached = await _cached(slug, request)
    if cached.view is None:
        return _nothing(request)
    words = words.format(page="this status page" if cached.view.password_hash else cached.view.title)
    return _html(render.small_page(title, words, root=_root(request), form=form, back=f"/status/{slug}"))


def _nothing(request: Request) -> Response:
    words = "It may have moved, or it is no longer public."
    return _html(render.small_page("Status page not found", words, root=_root(request)), 404)


def _html(content: bytes, status: int = 200) -> Response:
    headers = HEADERS | {"Cache-Control": "no-store"}
    return Response(content, status, media_type="text/html; charset=utf-8", headers=headers)


def _sealer(request: Request) -> Sealer:
    return Sealer.of(Runtime.of(request).settings)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _prefixed(request: Request, address: str) -> str:
    return f"{_root(request)}{address}"
