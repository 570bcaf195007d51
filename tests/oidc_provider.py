"""A small OpenID Connect provider on loopback: discovery, sign-in page, token endpoint, keys and user info.

It lets everybody in as `person`, and can be told to be wrong in each thing that a client must look at.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from tests.serving import serving

CLIENT_ID = "watchwright"
CLIENT_SECRET = "the/client's secret"


@dataclass
class Provider:
    """What it is, whom it lets in, and in what it is wrong."""

    issuer: str
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "248289761001", "preferred_username": "grace"})
    details: dict[str, Any] = field(default_factory=dict)
    """What only user info tells."""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first"}))
    signs_with: Any = None
    """Another key than the one it publishes."""
    algorithm: str = "ES256"
    is_signed: bool = True
    token: dict[str, Any] = field(default_factory=dict)
    """Claims that the ID token has otherwise than it should."""
    discovery: dict[str, Any] = field(default_factory=dict)
    brings_back: dict[str, str] = field(default_factory=dict)
    """Parameters that the browser brings back otherwise than it should."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of each visit of its sign-in page."""
    exchanged: list[tuple[str | None, dict[str, str]]] = field(default_factory=list)
    """The Authorization header and the form of each token request."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/leave",
        } | self.discovery

    def visited(self, address: str) -> str:
        """Sign in at *address*, as a browser does: where it is led back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"]} | self.brings_back
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, authorization: str | None, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Tokens for a code, once, to who knows the verifier and the secret (RFC 6749, 4.1.3; RFC 7636, 4.6)."""
        self.exchanged.append((authorization, form))
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or challenge.rstrip(b"=").decode() != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "an-access-token", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= self.person | self.token
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.signs_with or self.key
        signed = jwt.encode({"alg": self.algorithm, "kid": self.key.kid}, claims, key, algorithms=[self.algorithm])
        return signed if self.is_signed else f"{UNSIGNED_HEAD}.{signed.split('.')[1]}."


UNSIGNED_HEAD = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
WRONG_KEY = ECKey.generate_key("P-256", {"kid": "first"})
SHARED = OctKey.import_key(CLIENT_SECRET)


@contextmanager
def providing() -> Iterator[Provider]:
    """A provider that serves until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.visited(self.path))
                self.end_headers()
            elif path == "/.well-known/openid-configuration":
                self._say(200, provider.about())
            elif path == "/keys":
                self._say(200, {"keys": [provider.key.as_dict(private=False), {"kty": "oct", "k": "c2VjcmV0"}]})
            elif path == "/userinfo" and self.headers["Authorization"] == "Bearer an-access-token":
                self._say(200, {"sub": provider.person["sub"]} | provider.details)
            else:
                self._say(404, {})

        def do_POST(self) -> None:
            given = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(given).items()}
            self._say(*provider.exchange(self.headers["Authorization"], form))

        def _say(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler) as port:
        provider = Provider(issuer=f"http://127.0.0.1:{port}")
        yield provider
