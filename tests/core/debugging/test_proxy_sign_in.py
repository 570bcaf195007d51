"""Who answers a proxy's challenge answers it once, and no other challenge."""

from typing import Any

import orjson
import pytest

from core.debugging.cdp import CdpConnection, CdpSession, TargetInfo
from core.debugging.proxy_sign_in import proxy_credentials, signing_in


class _Hearing:
    """A watcher that notes what it hears."""

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
        ("http://ann:p%40ss@proxy.example:3128", ("ann", "p@ss")),
        ("http://ann@proxy.example", ("ann", "")),
        ("socks5://proxy.example:1080", None),
        (None, None),
    ],
)
def test_credentials_are_read_from_the_address(proxy: str | None, credentials: tuple[str, str] | None) -> None:
    assert proxy_credentials(proxy) == credentials


def test_without_credentials_the_watcher_is_left_alone() -> None:
    watcher = _Hearing()

    assert signing_in(watcher, "http://proxy.example") is watcher


async def test_a_challenge_is_answered_once_and_a_websites_not_at_all() -> None:
    sent: list[dict[str, Any]] = []
    page = CdpSession(CdpConnection(lambda data: sent.append(orjson.loads(data))), "1", TargetInfo(id="1", type="page"))
    watcher = _Hearing()
    signing = signing_in(watcher, "http://ann:secret@proxy.example")

    signing.prepare(page)
    signing.on_event(page, "Fetch.requestPaused", {"requestId": "7"})
    for source in ("Proxy", "Proxy", "Server"):
        signing.on_event(page, "Fetch.authRequired", challenged(source))
    signing.on_event(page, "Network.loadingFinished", {})

    assert [message["method"] for message in sent[:2]] == ["Fetch.enable", "Fetch.continueRequest"]
    answers = [message["params"]["authChallengeResponse"]["response"] for message in sent[2:]]
    assert answers == ["ProvideCredentials", "CancelAuth", "Default"]
    assert watcher.heard == ["Network.loadingFinished"]
