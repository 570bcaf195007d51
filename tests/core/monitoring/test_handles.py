"""A handle serves one transfer after the other, and nothing of one leaks into the next."""

import pycurl
import pytest

from core.monitoring.handles import KEPT_HANDLES, Handle, Handles
from core.monitoring.probe import Prober, ProbeTarget
from core.schemas.check_options import CheckOptions
from core.schemas.session_options import BasicAuth
from tests.core.monitoring import servers
from tests.core.monitoring.servers import OK, raw_server


@pytest.fixture
def handles() -> Handles:
    return Handles(None)


def used(handle: Handle) -> Handle:
    handle.buffer.begin("example.org", keeps_headers=True, keeps_body=True)
    handle.buffer.listen(handle.curl)
    handle.is_set_up = True
    handle.buffer.body.write(b"secret")
    handle.buffer.headers += b"Set-Cookie: secret\r\n"
    return handle


def test_a_buffer_is_empty_after_its_transfer(handles: Handles) -> None:
    handle = used(handles.take("http"))

    handles.give_back(handle, is_as_before=True)

    assert handles.take("http") is handle
    assert (handle.buffer.body.getvalue(), bytes(handle.buffer.headers)) == (b"", b"")
    assert (handle.buffer.host, handle.buffer.keeps_headers, handle.buffer.keeps_body) == ("", False, False)


@pytest.mark.parametrize(
    ("kind", "is_as_before", "is_set_up"),
    [("http", True, True), ("http", False, False), (None, True, False)],
    ids=["nothing special", "a failure", "something special"],
)
def test_a_handle_stays_set_up_only_after_a_plain_successful_transfer(
    handles: Handles, kind: str | None, is_as_before: bool, is_set_up: bool
) -> None:
    handle = used(handles.take(kind))

    handles.give_back(handle, is_as_before=is_as_before)

    assert handles.take(kind).is_set_up is is_set_up


def test_a_handle_is_reused_only_for_its_own_kind(handles: Handles) -> None:
    handle = used(handles.take("https"))

    handles.give_back(handle, is_as_before=True)

    assert handles.take("http") is not handle


def test_the_number_of_kept_handles_is_limited(handles: Handles) -> None:
    taken = [handles.take("http") for _ in range(KEPT_HANDLES + 1)]
    for handle in taken:
        handles.give_back(handle, is_as_before=True)

    with pytest.raises(pycurl.error):
        taken[-1].curl.setopt(pycurl.URL, "http://example.org/")  # it is closed


async def test_options_of_one_website_do_not_reach_the_next() -> None:
    special = CheckOptions(
        headers={"X-Key": "secret"}, basic_auth=BasicAuth(username="me", password="secret"), user_agent="special"
    )
    async with Prober() as prober:
        with raw_server(servers.answer(OK)) as server:
            for options in (CheckOptions(), special, CheckOptions(), special):
                await prober.probe(ProbeTarget(url=server.url, options=options))
            for _ in range(2):
                await prober.probe(ProbeTarget(url=server.url))
            with raw_server(servers.reset) as broken:
                failed = await prober.probe(ProbeTarget(url=broken.url))
            again = await prober.probe(ProbeTarget(url=server.url))

    plain = [request for number, request in enumerate(server.requests) if number not in (1, 3)]
    assert len(set(plain)) == 1
    assert b"secret" not in plain[0]
    assert failed.error is not None
    assert (again.error, again.http_status_code) == (None, 200)
