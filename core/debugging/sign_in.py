"""Signs in to a session's website and to its own proxy: nobody sits before the browser whom it could ask.

Not by what an address holds: of a proxy's Chromium takes no name and password, and in a page that was opened by an
address with them every relative ``fetch`` fails (https://fetch.spec.whatwg.org/#dom-request, step 4 of a string).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.targets import TargetWatcher
from core.schemas.session_options import SessionOptions
from core.schemas.url import origin_of

Credentials = tuple[str, str]
"""Name and password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where a session has a name and password for."""

    proxy: Credentials | None = None
    website: Credentials | None = None
    website_url: str = ""
    """Only its origin is given those of the website."""


def doors_of(options: SessionOptions, url: str) -> Doors:
    """Those of a session of *url*, which may hold a name and password; the option comes first."""
    auth = options.basic_auth
    website = (auth.username, auth.password) if auth else credentials_in(url)
    return Doors(proxy=credentials_in(options.proxy), website=website, website_url=url)


def signing_in(watcher: TargetWatcher, doors: Doors) -> TargetWatcher:
    """*watcher*, whose targets answer the challenges of *doors*; where there are none it is left alone."""
    return SignIn(watcher, doors) if doors.proxy or doors.website else watcher


def signs_in(options: SessionOptions, url: str) -> bool:
    """Whether a session of *url* has a name and password for the website or its proxy."""
    doors = doors_of(options, url)
    return bool(doors.proxy or doors.website)


def credentials_in(url: str | None) -> Credentials | None:
    """Name and password in *url*; None where it has none."""
    parts = urlsplit(url or "")
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


class SignIn:
    """A `TargetWatcher` that passes on everything but what the website and the proxy ask.

    CDP tells of a challenge only to who has every request pause first, which is why this is not the rule.
    """

    def __init__(self, watcher: TargetWatcher, doors: Doors) -> None:
        self._watcher = watcher
        self._doors = doors
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
        """Name and password, once; else the page gets the 401 or 407, where Chromium would ask and wait for good."""
        challenge = params["authChallenge"]
        source = challenge.get("source")
        known = self._doors.proxy if source == "Proxy" else self._of_website(challenge.get("origin", ""))
        asked = (params["requestId"], source)
        if known is None or asked in self._answered:  # asked again, since it was wrong
            return {"response": "CancelAuth"}
        self._answered.add(asked)
        return {"response": "ProvideCredentials", "username": known[0], "password": known[1]}

    def _of_website(self, origin: str) -> Credentials | None:
        return self._doors.website if origin_of(origin) == origin_of(self._doors.website_url) else None
