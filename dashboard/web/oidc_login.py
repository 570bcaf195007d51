"""/login/oidc: signs in through the OpenID Connect provider. A sealed cookie keeps the state meanwhile."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from core.accounts import oidc_account
from core.accounts.sign_in import SignedIn
from core.clock import utc_now
from core.database import in_session
from core.errors import SignInRefused, StoreError
from core.sealing import Sealer
from dashboard.access import local
from dashboard.actions.accounts import close
from dashboard.runtime import Runtime
from dashboard.web import login

if TYPE_CHECKING:
    from core.accounts.oidc import Callback, Provider

router = APIRouter(include_in_schema=False)

COOKIE = "watchwright-oidc"
PLACE = "/login/oidc"
WITHIN_SECONDS = 600  # to sign in at the provider, second factor included
TOO_LATE = "The sign-in expired or started in another browser. Sign in again."


@router.get(PLACE)
async def begin(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name that such addresses have
    """Redirect to the provider."""
    provider = Runtime.of(request).oidc
    if provider is None:
        return RedirectResponse(login.prefixed(request, "/login"), 303)
    try:
        address, pending = await provider.begin(_return_to(request))
    except SignInRefused as error:
        return await login.form_page(request, local(next), error=str(error))
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})
    saved = asdict(pending) | {"next": local(next), "at": utc_now().timestamp()}
    _set(request, answer, _sealer(request).seal(json.dumps(saved)))
    return answer


@router.get(f"{PLACE}/callback")
async def back(
    request: Request,
    code: str | None = None,
    state: str | None = None,
    iss: str | None = None,
    error: str | None = None,
) -> Response:
    """Sign in the person whom the provider confirmed. The state in the cookie works only once."""
    provider, saved = Runtime.of(request).oidc, _kept(request)
    answer: Response
    if provider is None or saved is None:
        answer = await login.form_page(request, "/", error=TOO_LATE)
    else:
        from core.accounts.oidc import Callback

        answered = Callback(code=code, state=state, issuer=iss, error=error)
        answer = await _finish(request, provider, saved, answered)
    answer.delete_cookie(COOKIE, path=login.prefixed(request, PLACE))
    return answer


async def _finish(request: Request, provider: "Provider", saved: Mapping[str, Any], answered: "Callback") -> Response:
    from core.accounts.oidc import PendingSignIn

    pending = PendingSignIn(state=saved["state"], nonce=saved["nonce"], verifier=saved["verifier"])
    address = local(saved["next"])
    try:
        claims = await provider.finish(pending, answered, _return_to(request))
        signed_in = await _enter(request, provider, claims)
    except SignInRefused as error:
        return await login.form_page(request, address, error=str(error))
    if signed_in.needs_code:
        return login.with_cookie(request, login.code_form(request, address), signed_in)
    return login.with_cookie(request, RedirectResponse(login.prefixed(request, address), 303), signed_in)


async def _enter(request: Request, provider: "Provider", claims: Mapping[str, Any]) -> SignedIn:
    runtime = Runtime.of(request)
    try:
        signed_in, looks_again = await in_session(
            oidc_account.enter, claims, provider.issuer, runtime.settings, login.visitor(request)
        )
    except SignInRefused:
        close(await in_session(oidc_account.end_without_role, claims, provider.issuer, runtime.settings))
        raise
    close(looks_again)
    return signed_in


def _kept(request: Request) -> dict[str, Any] | None:
    """Return the state that `begin` stored in this browser; None if it is altered or expired."""
    try:
        saved: dict[str, Any] = json.loads(_sealer(request).open(request.cookies.get(COOKIE, "")))
    except (StoreError, ValueError):
        return None
    return saved if utc_now().timestamp() - saved["at"] <= WITHIN_SECONDS else None


def _set(request: Request, answer: Response, sealed: str) -> None:
    answer.set_cookie(
        COOKIE,
        sealed,
        max_age=WITHIN_SECONDS,
        path=login.prefixed(request, PLACE),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",  # browsers would not send a strict cookie when the provider redirects back
    )


def _return_to(request: Request) -> str:
    """Return the callback URL, as it is registered at the provider."""
    here = f"{request.url.scheme}://{request.headers['host']}{request.scope.get('root_path', '')}"
    return f"{Runtime.of(request).settings.public_url or here}{PLACE}/callback"


def _sealer(request: Request) -> Sealer:
    return Sealer.of(Runtime.of(request).settings)
