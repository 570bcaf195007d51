"""A challenge of the website or proxy is answered once, and no other challenge."""

from typing import Any

import orjson
import pytest

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.sign_in import Credentials, SessionCredentials, credentials_in, session_credentials, signing_in
from core.schemas.session_options import SessionOptions


class _Hearing:
    """A watcher that records its events."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def prepare(self, session: CdpSession) -> None: ...

    def on_event(self, session: CdpSession, method: str, params: dict[str, Any]) -> None:
        self.heard.append(method)

    def on_closed(self, session: CdpSession) -> None: ...


def challenged(source: str) -> dict[str, Any]:
    return {"requestId": "7", "authChallenge": {"source": source}}


@pytest.mark.parametrize(
    ("proxy", "credentials"),
    [
        ("http://ann:p%40ss@proxy.example:3128", Credentials(username="ann", password="p@ss")),
        ("http://ann@proxy.example", Credentials(username="ann", password="")),
        ("socks5://proxy.example:1080", None),
        (None, None),
    ],
)
def test_credentials_are_read_from_the_url(proxy: str | None, credentials: Credentials | None) -> None:
    assert credentials_in(proxy) == credentials


def test_without_credentials_the_watcher_is_returned_unchanged() -> None:
    watcher = _Hearing()

    assert (
        signing_in(watcher, session_credentials(SessionOptions(proxy="http://proxy.example"), "http://a.test/"))
        is watcher
    )


async def test_only_the_websites_own_origin_gets_its_credentials() -> None:
    sent: list[dict[str, Any]] = []
    page = CdpSession(CdpConnection(lambda data: sent.append(orjson.loads(data))), "1", TargetInfo(id="1", type="page"))
    signing = signing_in(_Hearing(), session_credentials(SessionOptions(), "https://ann:secret@a.test/start"))

    for number, origin in enumerate(("https://a.test", "https://b.test", "http://a.test", "https://a.test:444")):
        challenge = {"source": "Server", "origin": origin}
        signing.on_event(page, "Fetch.authRequired", {"requestId": str(number), "authChallenge": challenge})

    answers = [message["params"]["authChallengeResponse"] for message in sent]
    assert answers[0] == {"response": "ProvideCredentials", "username": "ann", "password": "secret"}
    assert answers[1:] == [{"response": "CancelAuth"}] * 3


async def test_a_proxy_challenge_is_answered_once_and_a_websites_not_without_credentials() -> None:
    sent: list[dict[str, Any]] = []
    page = CdpSession(CdpConnection(lambda data: sent.append(orjson.loads(data))), "1", TargetInfo(id="1", type="page"))
    watcher = _Hearing()
    signing = signing_in(watcher, SessionCredentials(proxy=Credentials(username="ann", password="secret")))

    signing.prepare(page)
    signing.on_event(page, "Fetch.requestPaused", {"requestId": "7"})
    for source in ("Proxy", "Proxy", "Server"):
        signing.on_event(page, "Fetch.authRequired", challenged(source))
    signing.on_event(page, "Network.loadingFinished", {})

    assert [message["method"] for message in sent[:2]] == ["Fetch.enable", "Fetch.continueRequest"]
    answers = [message["params"]["authChallengeResponse"]["response"] for message in sent[2:]]
    assert answers == ["ProvideCredentials", "CancelAuth", "CancelAuth"]
    assert watcher.heard == ["Network.loadingFinished"]
