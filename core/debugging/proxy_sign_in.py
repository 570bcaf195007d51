"""Signs in to a session's own proxy: Chromium takes no name and password from a proxy's address."""

from typing import Any
from urllib.parse import unquote, urlsplit

from core.debugging.cdp import CdpSession
from core.debugging.targets import TargetWatcher
from core.schemas.session_options import SessionOptions

Params = dict[str, Any]


def signing_in(watcher: TargetWatcher, proxy: str | None) -> TargetWatcher:
    """*watcher*, whose targets answer the challenges of *proxy* where its address holds a name and password."""
    credentials = proxy_credentials(proxy)
    return watcher if credentials is None else ProxySignIn(watcher, *credentials)


def signs_in(options: SessionOptions, url: str) -> bool:
    """Whether a session of *url* has a name and password for the website or its proxy."""
    return bool(options.basic_auth or urlsplit(url).username or proxy_credentials(options.proxy))


def proxy_credentials(proxy: str | None) -> tuple[str, str] | None:
    """Name and password in the address of *proxy*; None where it has none."""
    parts = urlsplit(proxy or "")
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


class ProxySignIn:
    """A `TargetWatcher` that passes on everything but what the proxy asks.

    CDP tells of a challenge only to who has every request pause first, which is why this is not the rule.
    """

    def __init__(self, watcher: TargetWatcher, username: str, password: str) -> None:
        self._watcher = watcher
        self._answer = {"response": "ProvideCredentials", "username": username, "password": password}
        self._answered: set[str] = set()

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
        if params["authChallenge"].get("source") != "Proxy":
            return {"response": "Default"}
        if params["requestId"] in self._answered:
            return {"response": "CancelAuth"}  # asked again, since it was wrong: the page gets the 407
        self._answered.add(params["requestId"])
        return self._answer
