"""The address policy cannot be bypassed in the ways that comparable programs were attacked."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from core.addresses import (
    Address,
    AddressPolicy,
    Rule,
    bracketed,
    effective_port,
    is_ip_address,
    is_this_machine,
    split_remote,
)


def policy(*, allow: str = "", deny: str = "", private: bool = True) -> AddressPolicy:
    def rules(text: str) -> tuple[Rule, ...]:
        return tuple(Rule.parse(rule) for rule in text.split())

    def is_own(address: Address) -> bool:
        return str(address) in ("127.0.0.1", "::1", "0.0.0.0", "10.0.0.7")

    return AddressPolicy(allow=rules(allow), deny=rules(deny), private=private, own_port=8080, is_own=is_own)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd00:c1::a9fe:a9fe",
        "fd00:a9fe:a9fe::1",
        "fd00:42::42",
        "fd00:100::100:200",
        "fe80::a9fe:a9fe%eth0",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00::",
        "64:ff9b:1:a9:fe:a9fe::",
        "64:ff9b:1:0:a9:fea9:fe00:0",
        "::ffff:0:169.254.169.254",
        "2002:a9fe:a9fe::1",
    ],
)
def test_metadata_addresses_are_closed_in_every_spelling(address: str) -> None:
    assert "credentials" in (policy().refusal("metadata.example", address, 80) or "")
    assert policy(allow="*.example").refusal("metadata.example", address, 80) is not None
    assert policy(allow="*").refusal("metadata.example", address, 80) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0", "10.0.0.7", "::ffff:127.0.0.1"])
def test_our_own_port_is_closed_on_every_address_of_this_machine(address: str) -> None:
    assert "Watchwright itself" in (policy().refusal("rebound.example", address, 8080) or "")
    assert policy().refusal("rebound.example", address, 8081) is None
    assert policy().refusal("other.example", "10.0.0.8", 8080) is None


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "100.64.0.1", "::1", "fd12::1"]
)
def test_private_networks_are_open_until_a_setting_closes_them(address: str) -> None:
    assert policy().refusal("lan.example", address, 80) is None
    assert "private network" in (policy(private=False).refusal("lan.example", address, 80) or "")
    assert policy(private=False, allow="lan.example").refusal("lan.example", address, 80) is None
    assert policy(private=False).refusal("example.org", "93.184.216.34", 80) is None


@pytest.mark.parametrize("address", ["64:ff9b:1::808:808", "fec0::1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1"])
def test_further_addresses_are_private(address: str) -> None:
    assert "private network" in (policy(private=False).refusal("lan.example", address, 80) or "")


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        ("example.org", True),
        ("example.org:443", True),
        ("example.org:80", False),
        ("*.org", True),
        ("*.example.org", False),
        ("93.184.0.0/16", True),
        ("93.184.216.34:443", True),
        ("*:443", True),
        ("*:25", False),
        ("::/0", False),
        ("*", True),
    ],
)
def test_a_deny_rule_closes_matching_addresses(rule: str, matches: bool) -> None:
    refusal = policy(deny=rule).refusal("Example.org.", "93.184.216.34", 443)

    assert (refusal == "WATCHWRIGHT_DENY closes 93.184.216.34:443") is matches
    assert policy(deny=rule, allow="93.184.216.34").refusal("example.org", "93.184.216.34", 443) is None


def test_the_operators_addresses_may_be_anywhere_except_cloud_metadata() -> None:
    closed = policy(deny="*", private=False)
    opened = policy(allow="169.254.169.254:53")

    assert closed.for_the_operator().refusal("login.example.org", "10.0.0.7", 443) is None
    assert "clouds" in str(closed.for_the_operator().refusal("login.example.org", "169.254.169.254", 80))
    assert opened.for_the_operator().refusal("169.254.169.254", "169.254.169.254", 53) is None


def test_an_empty_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        Rule.parse("")


@pytest.mark.parametrize("text", ["10.0.0.0/64", "example.org:web", "http://example.org", "a b", "[::1]:0"])
def test_an_invalid_rule_is_refused_with_what_a_rule_is(text: str) -> None:
    with pytest.raises(ValueError, match=rf"^{re.escape(repr(text))} is not a host, network or port such as"):
        Rule.parse(text)


def test_an_ipv6_rule_with_a_port_needs_brackets() -> None:
    assert Rule.parse("[::1]:8443") == Rule(network=Rule.parse("::1").network, port=8443)


def test_addresses_of_this_machine_are_recognised() -> None:
    assert is_this_machine(ip_address("127.0.0.1"))
    assert is_this_machine(ip_address("::"))
    assert not is_this_machine(ip_address("192.0.2.1"))


@pytest.mark.parametrize(
    ("host", "is_one"),
    [("127.0.0.1", True), ("2001:db8::1", True), ("fe80::1%eth0", True), ("example.org", False), ("1.2.3", False)],
)
def test_addresses_are_distinguished_from_names(host: str, is_one: bool) -> None:
    assert is_ip_address(host) is is_one


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("example.org", "example.org"), ("", "")],
)
def test_ipv6_addresses_get_brackets(host: str, shown: str) -> None:
    assert bracketed(host) == shown


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("https://a.example/", 443),
        ("http://a.example:8080/", 8080),
        ("wss://a.example/", 443),
        ("socks5h://a.example", 1080),
        ("data:text/plain,a", 0),
    ],
)
def test_the_default_port_is_that_of_the_scheme(url: str, port: int) -> None:
    assert effective_port(urlsplit(url)) == port


@pytest.mark.parametrize(
    ("remote", "parts"),
    [
        ("192.0.2.7:80", ("192.0.2.7", "80")),
        ("192.0.2.7", ("192.0.2.7", "")),
        ("[::1]:80", ("::1", "80")),
        ("[::1]", ("::1", "")),
        ("::1", ("::1", "")),
        ("", ("", "")),
    ],
)
def test_the_port_of_a_remote_address_may_be_unknown(remote: str, parts: tuple[str, str]) -> None:
    assert split_remote(remote) == parts
