"""Names are resolved as the operating system does."""

import threading
from queue import SimpleQueue

import pytest

from core.monitoring.resolver import Lookup, Resolver, look_up


@pytest.mark.parametrize("host", ["localhost", "shop.localhost", "a.b.LOCALHOST."])
def test_names_under_localhost_are_this_machine(host: str) -> None:
    assert look_up(host, "4").addresses == ("127.0.0.1",)


def test_a_name_that_only_ends_like_localhost_is_looked_up() -> None:
    assert look_up("notlocalhost.invalid").error is not None


def test_a_lookup_waits_when_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver, found, go_on = Resolver(), SimpleQueue[Lookup](), threading.Event()

    def tell_late(lookup: Lookup) -> None:
        go_on.wait(10)
        found.put(lookup)

    resolver.look_up("localhost", "4", tell_late)

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", _no_room)
        resolver.look_up("localhost", "4", found.put)
    assert found.empty()
    go_on.set()

    assert [found.get(timeout=10).addresses for _ in range(2)] == [("127.0.0.1",)] * 2


def _no_room(_thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")
