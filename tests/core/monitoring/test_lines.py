"""A kept line asks and hears for one transfer after the other, and nothing of one gets into the next."""

import pycurl
import pytest

from core.monitoring.lines import KEPT_LINES, Line, Lines
from core.monitoring.probe import Prober, ProbeTarget
from core.schemas.check_options import CheckOptions
from core.schemas.session_options import BasicAuth
from tests.core.monitoring import servers
from tests.core.monitoring.servers import OK, raw_server


@pytest.fixture
def lines() -> Lines:
    return Lines(None)


def used(line: Line) -> Line:
    line.gathered.begin("example.org", keeps_headers=True, keeps_body=True)
    line.gathered.listen(line.curl)
    line.is_set_up = True
    line.gathered.body.write(b"secret")
    line.gathered.headers += b"Set-Cookie: secret\r\n"
    return line


def test_what_a_transfer_gathered_is_forgotten_at_its_end(lines: Lines) -> None:
    line = used(lines.take("http"))

    lines.give_back(line, is_as_before=True)

    assert lines.take("http") is line
    assert (line.gathered.body.getvalue(), bytes(line.gathered.headers)) == (b"", b"")
    assert (line.gathered.host, line.gathered.keeps_headers, line.gathered.keeps_body) == ("", False, False)


@pytest.mark.parametrize(
    ("kind", "is_as_before", "is_set_up"),
    [("http", True, True), ("http", False, False), (None, True, False)],
    ids=["nothing special", "a failure", "something special"],
)
def test_a_line_stays_set_up_only_where_nothing_special_was_asked_and_nothing_failed(
    lines: Lines, kind: str | None, is_as_before: bool, is_set_up: bool
) -> None:
    line = used(lines.take(kind))

    lines.give_back(line, is_as_before=is_as_before)

    assert lines.take(kind).is_set_up is is_set_up


def test_a_line_of_another_kind_is_never_given(lines: Lines) -> None:
    line = used(lines.take("https"))

    lines.give_back(line, is_as_before=True)

    assert lines.take("http") is not line


def test_so_many_lines_are_kept_and_no_more(lines: Lines) -> None:
    taken = [lines.take("http") for _ in range(KEPT_LINES + 1)]
    for line in taken:
        lines.give_back(line, is_as_before=True)

    with pytest.raises(pycurl.error):
        taken[-1].curl.setopt(pycurl.URL, "http://example.org/")  # it is closed


async def test_nothing_that_one_website_is_asked_with_gets_to_the_next() -> None:
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
