"""Looks at loopback websites: names, addresses, hops, and the last good address."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import dns.resolver
import pytest

from core.addresses import AddressPolicy
from core.diagnosis.look import LookRunner, LookTarget, as_steps, from_steps
from core.diagnosis.look_facts import SpokenFact
from core.diagnosis.name_server import ask_name_server, is_public, name_server_of
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.resolver import Lookup
from core.schemas.check_options import CheckOptions
from tests.core.monitoring.servers import OK, answer, raw_server, redirect
from tests.core.monitoring.test_engine import flood
from tests.sites.certificate import self_signed
from tests.sites.serving import port_of, refusing


class Names:
    """A resolver with given answers."""

    def __init__(self, **addresses: str) -> None:
        self._addresses = addresses

    def look_up(self, host: str, ip_version: str, tell: Callable[[Lookup], None]) -> None:
        address = self._addresses.get(host.replace(".", "_"))
        if address is None:
            tell(Lookup(dns_ms=1.0, is_absent=True, error="not known"))
        else:
            tell(Lookup(addresses=(address,), dns_ms=1.0))


async def test_each_step_of_a_good_website_has_a_time() -> None:
    page = b"HTTP/1.1 200 OK\r\nServer: demo\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    page += b"<title>Hi &amp; ho</title>"
    with raw_server(answer(page)) as site:
        async with LookRunner(resolver=Names(shop_test="127.0.0.1")) as looker:
            look = await looker.look(LookTarget(url=f"http://shop.test:{site.port}/"))

    assert look.is_good
    assert [(one.resolver, one.addresses) for one in look.lookups] == [("system", ("127.0.0.1",))]
    assert [(one.address, one.error_kind) for one in look.attempts] == [("127.0.0.1", None)]
    (hop,) = look.hops
    assert (hop.status, hop.title, hop.headers["server"]) == (200, "Hi & ho", "demo")
    assert hop.total_ms and look.attempts[0].connect_ms


async def test_an_endless_response_does_not_prolong_the_look() -> None:
    for _try in range(3):  # on a busy machine the flood may pause and then end by its timeout
        with raw_server(flood) as site:
            async with LookRunner() as looker:
                look = await looker.look(LookTarget(url=site.https_url, timeout_seconds=5))
        if look.hops[-1].error_kind == ProbeErrorKind.FLOOD:
            return
    pytest.fail("the flood was never cut off")


async def test_each_hop_of_a_redirect_is_returned() -> None:
    with raw_server(answer(OK)) as end, raw_server(redirect(end.url)) as start:
        async with LookRunner() as looker:
            look = await looker.look(LookTarget(url=start.url))

    assert [(hop.status, hop.location) for hop in look.hops] == [(302, end.url), (200, None)]


async def test_a_redirect_to_an_invalid_url_shows_no_credentials() -> None:
    options = CheckOptions(bearer_token="S3cretToken")
    with raw_server(redirect("http://user:pass@[::S3cretToken")) as site:
        async with LookRunner() as looker:
            look = await looker.look(LookTarget(url=site.url, options=options))

    (hop,) = look.hops
    assert (hop.location, hop.error_kind) == ("[::[redacted]", "redirect_refused")


async def test_the_last_good_address_gets_the_same_request() -> None:
    with raw_server(answer(OK)) as site:
        async with LookRunner(resolver=Names(shop_test="127.0.0.2")) as looker:
            look = await looker.look(LookTarget(url=f"http://shop.test:{site.port}/", good_address="127.0.0.1"))

    assert not look.is_good
    assert look.attempts[0].error_kind == look.hops[-1].error_kind == "connect_refused"
    assert [hop.status for hop in look.good_hops] == [200]


async def test_a_name_that_does_not_resolve_is_reported_without_connecting() -> None:
    async with LookRunner(resolver=Names()) as looker:
        look = await looker.look(LookTarget(url="http://gone.test/"))

    assert look.lookups[0].is_absent and not look.attempts
    assert look.hops[-1].error_kind == "dns_not_found"


async def test_a_look_survives_the_store() -> None:
    holder = refusing()
    with holder:
        async with LookRunner() as looker:
            look = await looker.look(LookTarget(url=f"http://127.0.0.1:{port_of(holder)}/"))

    assert from_steps(as_steps(look), id=0, began_at=look.began_at, is_good=look.is_good) == look


@pytest.mark.parametrize(
    ("host", "is_asked"),
    [("shop.example.com", True), ("nas", False), ("nas.local", False), ("a.localhost", False), ("127.0.0.1", False)],
)
def test_internal_names_are_sent_to_no_name_server(host: str, is_asked: bool) -> None:
    assert is_public(host) is is_asked


async def test_the_second_resolver_is_asked_over_the_network(dns_stub: Callable[..., str]) -> None:
    server = dns_stub({"shop.example.com.": "192.0.2.7"})
    async with LookRunner(second_resolver=server, resolver=Names()) as looker:
        looks = await asyncio.gather(
            *(
                looker.look(LookTarget(url=f"http://{host}/", timeout_seconds=0.2))
                for host in ("shop.example.com", "no.example.com")
            )
        )

    assert [look.second and look.second.addresses for look in looks] == [("192.0.2.7",), ()]
    assert looks[1].second is not None and looks[1].second.is_absent


@pytest.mark.parametrize("server", ["169.254.169.254", "[fd00:ec2::253]:53"])
async def test_a_second_resolver_at_cloud_metadata_is_refused(server: str) -> None:
    fact = await ask_name_server(server, "example.org")

    assert (fact.ms, fact.addresses, fact.is_absent) == (0.0, (), False)
    assert "clouds keep a machine's credentials" in str(fact.error)


async def test_a_look_connects_to_no_forbidden_address() -> None:
    with raw_server(answer(OK)) as closed, raw_server(redirect(closed.url)) as start:
        policy = AddressPolicy.of((), (f"*:{closed.port}",), private=True, own_port=None)
        async with LookRunner(may_connect=policy.refusal) as looker:
            direct = await looker.look(LookTarget(url=closed.url))
            led = await looker.look(LookTarget(url=start.url))

        assert closed.connections == 0
    assert direct.attempts[0].error_kind == direct.hops[-1].error_kind == led.hops[-1].error_kind == "connect_blocked"


async def test_a_port_without_tls_is_recognised_as_plain_http() -> None:
    refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with raw_server(answer(refusal)) as site:
        async with LookRunner() as looker:
            look = await looker.look(LookTarget(url=f"https://127.0.0.1:{site.port}/", timeout_seconds=2))

    assert look.spoken == SpokenFact(is_plain_http=True)


async def test_after_a_successful_handshake_no_protocol_is_tried() -> None:
    with raw_server(answer(OK), tls=self_signed()) as site:
        async with LookRunner() as looker:
            look = await looker.look(LookTarget(url=site.https_url, timeout_seconds=2))

    assert look.spoken is None
    assert from_steps(as_steps(look), id=0, began_at=look.began_at, is_good=look.is_good) == look


@pytest.mark.parametrize(("setting", "server"), [("off", None), ("192.0.2.1:5353", "192.0.2.1:5353")])
def test_the_configured_second_resolver_is_used(setting: str, server: str | None) -> None:
    assert name_server_of(setting) == server


def test_by_default_the_systems_last_name_server_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "resolv.conf"
    configuration.write_text("nameserver 192.0.2.1\nnameserver 192.0.2.2\n")
    own = dns.resolver.Resolver(str(configuration))
    monkeypatch.setattr(dns.resolver, "Resolver", lambda: own)

    assert name_server_of("auto") == "192.0.2.2"
