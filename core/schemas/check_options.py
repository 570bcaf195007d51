"""The options for checks of a website and expectations on its answers, with units and defaults."""

import json
from functools import lru_cache
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit, urlunsplit

import orjson
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from core.models import HTTPMethod
from core.schemas.base import Schema
from core.schemas.header_values import MAX_TEXT, UserAgent, checked_headers, one_line
from core.schemas.patterns import json_path_of, regex_of, status_ranges
from core.schemas.session_options import BasicAuth

OURS = ("content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer")  # set by the HTTP client
PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


def _request_headers(headers: dict[str, str]) -> dict[str, str]:
    for name in headers:
        if name.strip().lower() in OURS:
            raise ValueError(f"the header {name.strip()} is set by the HTTP client and cannot be changed")
    return checked_headers(headers)


def _proxy(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        has_port = parts.port is not None
    except ValueError:
        has_port = False
    if not has_port or parts.scheme not in PROXY_SCHEMES or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError("the proxy must be http://HOST:PORT, https://…, socks5://… or socks5h://…")
    return one_line(urlunsplit(parts._replace(path="")), "the proxy")


def _pattern(pattern: str) -> str:
    regex_of(pattern)
    return pattern


def _path(path: str) -> str:
    json_path_of(path.strip())
    return path.strip()


def _statuses(text: str) -> str:
    return ",".join(f"{codes[0]}-{codes[-1]}" if len(codes) > 1 else str(codes[0]) for codes in status_ranges(text))


def _bearer_token(value: str) -> str:
    if not value.strip() or any(not 33 <= ord(char) <= 126 for char in value.strip()):
        raise ValueError("the bearer token must be one word of printable ASCII, without the word Bearer")
    return one_line(value, "the bearer token")


def _basic_auth(auth: BasicAuth) -> BasicAuth:
    if ":" in auth.username:  # RFC 7617, section 2
        raise ValueError("the user name of basic authentication must not contain a colon")
    one_line(auth.username + auth.password, "the account")
    return auth


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


class JsonExpectation(Schema):
    """A path in a JSON answer, and the expected value."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)

    path: Annotated[str, Field(max_length=512), AfterValidator(_path)]
    """A JSONPath (RFC 9535) such as ``$.checks[0].status``. If it selects several values, each must be equal."""
    equals: str | int | float | bool | None
    """The expected JSON scalar. 1 and 1.0 are equal, 1 and "1" are not."""


class CheckOptions(Schema):
    """The request of a check and the expectations on its answer. The defaults send GET and accept 200 to 399."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)

    method: HTTPMethod = HTTPMethod.GET
    headers: Annotated[dict[str, str], AfterValidator(_request_headers)] = {}
    """Request headers, sent to the website's own origin only. Their values are treated as secrets."""
    body: Annotated[str, Field(max_length=65_536)] | None = None
    """The request body, sent as UTF-8 and treated as a secret. Set its type with a Content-Type header."""
    basic_auth: Annotated[BasicAuth, AfterValidator(_basic_auth)] | None = None
    """Credentials that are sent at once, without waiting for a challenge (RFC 7617)."""
    bearer_token: Annotated[str, AfterValidator(_bearer_token)] | None = None
    """Sent as ``Authorization: Bearer …`` (RFC 6750)."""
    user_agent: UserAgent | None = None
    """The User-Agent header; Watchwright's own if omitted."""
    follow_redirects: bool = True
    """Whether 301, 302, 303, 307 and 308 are followed. If not, the redirect itself is judged."""
    max_redirects: Annotated[int, Field(ge=0, le=20)] = 10
    """The largest number of redirects; one more is a failure."""
    accepted_statuses: Annotated[str, Field(max_length=512), AfterValidator(_statuses)] = "200-399"
    """Accepted status codes of the final answer, such as ``200-299,401``. Any other code is DOWN.

    With the default, a redirect without a Location header is DOWN, and so is a 304 that no request header asked for.
    """
    body_contains: Text | None = None
    """Text that the body must contain, case-sensitive."""
    body_excludes: Text | None = None
    """Text that the body must not contain."""
    body_matches: Annotated[Text, AfterValidator(_pattern)] | None = None
    """A regular expression (RE2 syntax) that must match anywhere in the body."""
    json_equals: Annotated[list[JsonExpectation], Field(max_length=20)] = []
    header_equals: Annotated[dict[str, str], AfterValidator(checked_headers)] = {}
    """Headers that the answer must have with exactly this value. Names are case-insensitive."""
    max_response_ms: Annotated[float, Field(gt=0, le=300_000, allow_inf_nan=False)] | None = None
    """The limit in milliseconds, from the start to the last byte. A slower answer is DEGRADED."""
    verify_tls: bool = True
    """Whether the certificate must be valid. Even if not, an expired one is DOWN."""
    min_certificate_days: Annotated[int, Field(ge=0, le=365)] | None = None
    """A certificate that expires in fewer days is DEGRADED. WATCHWRIGHT_CERTIFICATE_DAYS if omitted."""
    proxy: Annotated[str, AfterValidator(_proxy)] | None = None
    """``http://HOST:PORT``, or https, socks5 (names resolved here), socks5h (by the proxy); may contain credentials."""
    ip_version: Literal["any", "4", "6"] = "any"
    """The version of the addresses to connect to."""
    http_version: Literal["any", "1.0", "1.1", "2", "3"] = "any"
    """The HTTP version to request. An answer in another version is DOWN."""

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        ways = (self.basic_auth, self.bearer_token, "authorization" in {name.lower() for name in self.headers} or None)
        if sum(way is not None for way in ways) > 1:
            raise ValueError("give basic_auth, bearer_token or an Authorization header, not several of them")
        if self.method is HTTPMethod.HEAD and (self.body or self.reads_body):
            raise ValueError("with HEAD there is no body to send or to check; choose another method")
        if self.proxy and self.http_version == "3":
            raise ValueError("HTTP/3 does not go through a proxy; choose another version")
        return self

    @property
    def reads_body(self) -> bool:
        """Whether an expectation needs the body."""
        return bool(self.body_contains or self.body_excludes or self.body_matches or self.json_equals)

    @property
    def reads_headers(self) -> bool:
        """Whether an expectation needs the answer's headers, which also give the body's character set."""
        return bool(self.header_equals) or self.reads_body


DEFAULTS = CheckOptions()


def stored_options(stored: dict[str, Any] | None) -> CheckOptions:
    """Return the stored options of a website; `DEFAULTS` itself if none are stored."""
    return _stored(orjson.dumps(stored)) if stored else DEFAULTS


@lru_cache(maxsize=8_192)  # the monitor reads the options of every website again and again
def _stored(encoded: bytes) -> CheckOptions:
    return CheckOptions.model_validate_json(encoded)


def as_json_scalar(text: str) -> str | int | float | bool | None:
    """Return the value of a JSON expectation that a person typed: parsed as JSON if possible, else a string."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if value is None or isinstance(value, str | int | float | bool) else text
