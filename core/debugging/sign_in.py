"""Answers HTTP authentication challenges of a session's website and proxy, because no user can.

Credentials in the URL would not work: Chromium ignores them in a proxy's URL, and in a page that was opened with them
every relative ``fetch`` fails (https://fetch.spec.whatwg.org/#dom-request, step 4 of a string).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.targets import TargetWatcher
from core.schemas.session_options import SessionOptions
from core.schemas.url import origin_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A user name and its password."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCredentials:
    """The credentials that a session has for its website and its proxy."""

    proxy: Credentials | None = None
    website: Credentials | None = None
    website_url: str = ""
    """Only the origin of this URL receives the website's credentials."""


def session_credentials(options: SessionOptions, url: str) -> SessionCredentials:
    """Return the credentials of a session that opens *url*; `options.basic_auth` overrides those in *url*."""
    auth = options.basic_auth
    website = Credentials(username=auth.username, password=auth.password) if auth else credentials_in(url)
    return SessionCredentials(proxy=credentials_in(options.proxy), website=website, website_url=url)


def signing_in(watcher: TargetWatcher, credentials: SessionCredentials) -> TargetWatcher:
    """Wrap *watcher* so that challenges are answered with *credentials*; returns it unchanged if there are none."""
    return SignIn(watcher, credentials) if credentials.proxy or credentials.website else watcher


def signs_in(options: SessionOptions, url: str) -> bool:
    """Whether a session that opens *url* has credentials for the website or its proxy."""
    credentials = session_credentials(options, url)
    return bool(credentials.proxy or credentials.website)


def credentials_in(url: str | None) -> Credentials | None:
    """Return the user name and password in *url*; None if it has none."""
    parts = urlsplit(url or "")
    if not parts.username:
        return None
    return Credentials(username=unquote(parts.username), password=unquote(parts.password or ""))


class SignIn:
    """A `TargetWatcher` that answers authentication challenges and forwards all other events.

    CDP reports challenges only if every request is paused first, so only sessions with credentials use this.
    """

    def __init__(self, watcher: TargetWatcher, credentials: SessionCredentials) -> None:
        self._watcher = watcher
        self._credentials = credentials
        self._answered: set[tuple[str, Any]] = set()

    def prepare(self, session: CdpSession) -> None:
        self._watcher.prepare(session)
        session.post("Fetch.enable", {"handleAuthRequests": True})

    def on_event(self, session: CdpSession, method: str, params: Params) -> None:
        if method == "Fetch.requestPaused":
            session.post("Fetch.continueRequest", {"requestId": params["requestId"]})
        elif method == "Fetch.authRequired":
            answer = {"requestId": params["requestId"], "authChallengeResponse": self._answer_to(params)}
            session.post("Fetch.continueWithAuth", answer)
        else:
            self._watcher.on_event(session, method, params)

    def on_closed(self, session: CdpSession) -> None:
        self._watcher.on_closed(session)

    def _answer_to(self, params: Params) -> dict[str, str]:
        """Return the credentials once, then cancel: the page gets the 401 or 407, and Chromium shows no prompt."""
        challenge = params["authChallenge"]
        source = challenge.get("source")
        known = self._credentials.proxy if source == "Proxy" else self._of_website(challenge.get("origin", ""))
        asked = (params["requestId"], source)
        if known is None or asked in self._answered:  # a second challenge: the credentials were wrong
            return {"response": "CancelAuth"}
        self._answered.add(asked)
        return {"response": "ProvideCredentials", "username": known.username, "password": known.password}

    def _of_website(self, origin: str) -> Credentials | None:
        is_website = origin_of(origin) == origin_of(self._credentials.website_url)
        return self._credentials.website if is_website else None
