"""Signs in with one OpenID Connect provider: the authorization code flow with PKCE, state and nonce.

Nothing that the browser returns is trusted. The identity comes from the provider's token endpoint, in an ID token with
a valid signature, issuer, audience, time and nonce (OpenID Connect Core 1.0, 3.1.3.7).
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from core.addresses import FOR_THE_OPERATOR, MayConnect
from core.config import Settings
from core.confined import confined
from core.errors import InvalidSetting, SignInRefused

logger = logging.getLogger(__name__)

Claims = dict[str, Any]

SCOPE = "openid profile email"
TIMEOUT_SECONDS = 10.0
LEEWAY_SECONDS = 60  # between the two clocks
KNOWN_SECONDS = 3_600.0  # how long the provider's metadata and keys are cached
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Accepted signature algorithms: none with a shared secret, and not "none"."""
MAX_SUBJECT = 255  # characters (OpenID Connect Core 1.0, 2)
KEY_TYPES = ("RSA", "EC")
NOT_WELL = "Sign-in failed. Try again. If it keeps failing, ask the administrator of this server."


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingSignIn:
    """What must be kept until the browser returns, where nobody can change it."""

    state: str
    nonce: str
    verifier: str
    """PKCE's code verifier (RFC 7636), without which a stolen code is useless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """The parameters with which the browser returns."""

    code: str | None = None
    state: str | None = None
    issuer: str | None = None
    """Only from providers that support RFC 9207."""
    error: str | None = None


class Provider:
    """The OpenID Connect provider in the settings."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        wants: str | None = None,
        may_connect: MayConnect = FOR_THE_OPERATOR.refusal,
    ) -> None:
        """Create the provider's client.

        Args:
            issuer: The provider's issuer URL.
            client_id: Our id there.
            client_secret: Our secret there; None for a public client.
            wants: The claim with groups, which some providers include only if a scope of the same name is requested.
            may_connect: Checks each connection: endpoints named by the provider must not be cloud metadata services.
        """
        self.issuer = issuer
        self.host = urlsplit(issuer).hostname or issuer
        self._client_id, self._client_secret = client_id, client_secret
        self._wants = wants
        self._may_connect = may_connect
        self._known: dict[str, tuple[float, Claims]] = {}

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """Return the provider in the settings; None if people sign in with passwords only.

        Raises:
            InvalidSetting: There is an issuer, but no client ID.
        """
        if settings.oidc_issuer is None:
            return None
        if not settings.oidc_client_id:
            raise InvalidSetting(
                "WATCHWRIGHT_OIDC_ISSUER needs WATCHWRIGHT_OIDC_CLIENT_ID. Register Watchwright at the provider "
                "and set its client id."
            )
        secret = settings.oidc_client_secret
        return cls(
            settings.oidc_issuer,
            settings.oidc_client_id,
            secret.get_secret_value() if secret else None,
            settings.oidc_roles_claim,
            settings.address_policy.for_the_operator().refusal,
        )

    async def begin(self, return_to: str) -> tuple[str, PendingSignIn]:
        """Return the provider's sign-in page for this visitor, and what to keep until the browser returns.

        Raises:
            SignInRefused: The provider cannot be reached.
        """
        pending = PendingSignIn(
            state=secrets.token_urlsafe(32), nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(64)
        )
        about = await self._about_itself()
        address: str = prepare_grant_uri(
            self._endpoint(about, "authorization_endpoint"),
            client_id=self._client_id,
            response_type="code",
            redirect_uri=return_to,
            scope=self._scope(about),
            state=pending.state,
            nonce=pending.nonce,
            code_challenge=create_s256_code_challenge(pending.verifier),
            code_challenge_method="S256",
        )
        return address, pending

    async def finish(self, pending: PendingSignIn, answered: Callback, return_to: str) -> Claims:
        """Return the provider's claims about the person who has returned.

        Raises:
            SignInRefused: The answer is not valid; the log has the reason.
        """
        if not secrets.compare_digest((answered.state or "").encode(), pending.state.encode()):
            raise self._refused("the state belongs to another browser")
        if answered.issuer is not None and answered.issuer != self.issuer:
            raise self._refused("the response is from another issuer")
        if answered.error is not None or not answered.code:
            raise SignInRefused(f"{self.host} refused the sign-in.")
        about = await self._about_itself()
        tokens = await self._exchange(about, answered.code, pending.verifier, return_to)
        claims = await self._identity(about, tokens, pending.nonce)
        return await self._with_details(about, claims, str(tokens.get("access_token") or ""))

    async def sign_out_address(self) -> str | None:
        """Return the provider's sign-out page; None if it has none or cannot be reached."""
        try:
            about = await self._about_itself()
        except SignInRefused:
            return None
        address = about.get("end_session_endpoint")
        return address if isinstance(address, str) and address.startswith(("https://", "http://")) else None

    def _scope(self, about: Claims) -> str:
        supported = about.get("scopes_supported")
        is_extra = isinstance(supported, list) and self._wants in supported and self._wants not in SCOPE.split()
        return f"{SCOPE} {self._wants}" if is_extra else SCOPE

    async def _about_itself(self) -> Claims:
        about = await self._kept(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self.issuer:  # OpenID Connect Discovery 1.0, 4.3: it must not speak for another one
            raise self._refused(f"it says that it is {str(about.get('issuer'))[:200]!r}")
        return about

    async def _exchange(self, about: Claims, code: str, verifier: str, return_to: str) -> Claims:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "code_verifier": verifier,
            "client_id": self._client_id,
        }
        methods = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        signed_in: httpx.BasicAuth | None = None
        if self._client_secret is not None and "client_secret_basic" in methods:
            signed_in = httpx.BasicAuth(quote(self._client_id, safe=""), quote(self._client_secret, safe=""))
        elif self._client_secret is not None:
            form["client_secret"] = self._client_secret
        return await self._ask("POST", self._endpoint(about, "token_endpoint"), data=form, auth=signed_in)

    async def _identity(self, about: Claims, tokens: Claims, nonce: str) -> Claims:
        """Return the claims of the ID token after validating it."""
        expected = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "values": [self._client_id]},
        }
        params = {"nonce": nonce, "client_id": self._client_id, "access_token": tokens.get("access_token")}
        try:
            token = await self._decoded(about, str(tokens.get("id_token") or ""))
            claims = CodeIDToken(token.claims, token.header, expected, params)
            claims.validate(int(time.time()), LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise self._refused(f"its ID token is invalid: {error}") from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable():
            raise self._refused("its ID token has no usable subject")
        return dict(claims)

    async def _decoded(self, about: Claims, id_token: str) -> jwt.Token:
        address = self._endpoint(about, "jwks_uri")
        try:
            return jwt.decode(id_token, await self._keys(address), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._known.pop(address, None)  # the key may be newer than the cached ones
            return jwt.decode(id_token, await self._keys(address), algorithms=ALGORITHMS)

    async def _keys(self, address: str) -> KeySet:
        keys = (await self._kept(address)).get("keys") or []
        return KeySet.import_key_set(
            {"keys": [key for key in keys if key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"]}
        )

    async def _with_details(self, about: Claims, claims: Claims, access_token: str) -> Claims:
        """Add the claims of the user info endpoint, which must be about the same person."""
        address = about.get("userinfo_endpoint")
        if not address or not access_token:
            return claims
        details = await self._ask("GET", str(address), headers={"Authorization": f"Bearer {access_token}"})
        if details.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, 5.3.2
            raise self._refused("its user info is about another person")
        return details | claims

    def _endpoint(self, about: Claims, name: str) -> str:
        address = about.get(name)
        if not isinstance(address, str) or not address.startswith(("https://", "http://")):
            raise self._refused(f"it names no {name}")
        return address

    async def _kept(self, address: str) -> Claims:
        read_at, document = self._known.get(address, (float("-inf"), {}))
        if time.monotonic() - read_at > KNOWN_SECONDS:
            document = await self._ask("GET", address)
            self._known[address] = (time.monotonic(), document)
        return document

    async def _ask(self, method: str, address: str, **asked: Any) -> Claims:
        try:
            # On a thread, because connections of the event loop may be made in C, where they cannot be checked.
            answer = await asyncio.to_thread(self._request, method, address, **asked)
            answer.raise_for_status()
            document = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise self._refused(f"{urlsplit(address).path}: {type(error).__name__}: {error}") from error
        if not isinstance(document, Mapping):
            raise self._refused(f"{urlsplit(address).path} returns no JSON object")
        return dict(document)

    def _request(self, method: str, address: str, **asked: Any) -> httpx.Response:
        with (
            confined(self._may_connect, "The provider", is_network_only=False),
            httpx.Client(timeout=TIMEOUT_SECONDS) as client,
        ):
            return client.request(method, address, **asked)

    def _refused(self, reason: str) -> SignInRefused:
        logger.warning("a sign-in by OpenID Connect was refused", extra={"provider": self.host, "reason": reason[:500]})
        return SignInRefused(NOT_WELL)
