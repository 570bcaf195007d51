"""The site under test is itself held to what the other tests rely on."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.sites import FlakySite, Site, serve_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve_site() as site:
        yield site


def get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_log_holds_what_arrived_on_each_origin_in_order(site: Site) -> None:
    site.log.clear()

    get(f"{site.url}/json?a=1")
    get(f"{site.other_url}/missing")

    assert [(entry.origin, entry.method, entry.target, entry.status) for entry in site.log] == [
        ("main", "GET", "/json?a=1", 200),
        ("other", "GET", "/missing", 404),
    ]


def test_every_redirect_is_in_the_log(site: Site) -> None:
    site.log.clear()

    assert get(f"{site.url}/redirect/3")[0] == 200

    assert [entry.path for entry in site.log] == ["/redirect/3", "/redirect/2", "/redirect/1", "/json"]


def test_a_cut_connection_has_no_status(site: Site) -> None:
    site.log.clear()

    with pytest.raises(OSError, match=r"."):
        get(f"{site.url}/reset-at-once")

    assert [entry.status for entry in site.log.of("/reset-at-once")] == [None]


def test_refused_port_refuses(site: Site) -> None:
    with pytest.raises(urllib.error.URLError, match="refused"):
        get(site.refused_url)


def test_flaky_site_goes_down_and_comes_back_on_its_port() -> None:
    with FlakySite() as site:
        assert get(site.url)[0] == 200

        site.go_down()
        with pytest.raises(urllib.error.URLError, match="refused"):
            get(site.url)

        site.go_up()
        site.status = 503
        assert get(site.url)[0] == 503
        assert len(site.log) == 2
