"""Decides where Watchwright may connect, by the address at the moment of connecting. Pure except `is_this_machine`.

Checking only the name, or resolving it before the connection, is not enough: redirects and changing DNS answers would
bypass such a check.
"""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import SplitResult

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MayConnect = Callable[[str, str, int], str | None]
"""Takes a host, its address and a port; returns None to allow the connection, otherwise the reason."""

# Metadata services of clouds, which hand out a machine's credentials without authentication.
METADATA: tuple[Network, ...] = (
    ip_network("169.254.0.0/16"),  # link-local: AWS, Azure, Google, Oracle, ECS tasks (.170.2), EKS pods (.170.23)
    ip_network("fd00:ec2::/32"),  # AWS over IPv6
    ip_network("fd20:ce::254/128"),  # Google over IPv6
    ip_network("fe80::a9fe:a9fe/128"),  # OpenStack over IPv6
    ip_network("fd00:c1::a9fe:a9fe/128"),  # Oracle over IPv6
    ip_network("fd00:a9fe:a9fe::1/128"),  # Akamai (Linode) over IPv6
    ip_network("fd00:42::42/128"),  # Scaleway over IPv6
    ip_network("100.100.100.200/32"),  # Alibaba
    ip_network("fd00:100::100:200/128"),  # Alibaba over IPv6
    ip_network("168.63.129.16/32"),  # Azure's host
    ip_network("192.0.0.192/32"),  # Oracle, older
)
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "socks4": 1080, "socks5": 1080, "socks5h": 1080}
"""Default ports by scheme."""
TRANSLATED: tuple[Network, ...] = (
    ip_network("64:ff9b::/96"),  # NAT64 (RFC 6052)
    ip_network("::ffff:0:0:0/96"),  # IPv4-translated (RFC 2765)
)
"""Networks in which the last 32 bits are an IPv4 address."""
LOCAL_NAT64 = ip_network("64:ff9b:1::/48")  # RFC 8215
LOCAL_NAT64_BYTES = ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12), (12, 13, 14, 15))
"""Where an address of `LOCAL_NAT64` may contain the IPv4 address; each network decides that (RFC 6052, 2.2)."""
SITE_LOCAL = ip_network("fec0::/10")  # deprecated, but some networks still use it (RFC 3879)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A set of hosts or networks and ports; None matches any."""

    network: Network | None = None
    name: str | None = None
    """A host as requested; with a leading dot, everything below it."""
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse ``*``, ``10.0.0.0/8``, ``::1``, ``example.org`` or ``*.example.org``, optionally with ``:PORT``.

        Raises:
            ValueError: The text is none of these.
        """
        problem = f"{text!r} is not a host, network or port such as example.org, 10.0.0.0/8 or *:25"
        try:
            place, port = _split_port(text.strip().lower())
        except ValueError as error:
            raise ValueError(problem) from error
        if place in ("*", ""):
            if not text.strip():
                raise ValueError("a rule must not be empty")
            return cls(port=port)
        try:
            return cls(network=ip_network(place, strict=False), port=port)
        except ValueError:
            name = place.removeprefix("*").rstrip(".")
        if not name or not all(char.isalnum() or char in ".-_" for char in name):
            raise ValueError(problem)
        return cls(name=name, port=port)

    def matches(self, host: str, address: Address, port: int) -> bool:
        """Whether the rule covers *port* on *host* at *address*."""
        if self.port is not None and self.port != port:
            return False
        if self.network is not None:
            return address.version == self.network.version and address in self.network
        if self.name is None:
            return True
        return host.endswith(self.name) if self.name.startswith(".") else host == self.name


def name_to_look_up(host: str) -> str:
    """Return ``localhost`` for names beneath it, as RFC 6761 requires and some systems do not, else *host*."""
    return "localhost" if host.rstrip(".").lower().endswith(".localhost") else host


def is_ip_address(host: str) -> bool:
    """Whether *host* is an IP address, possibly with an IPv6 zone, and not a name."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)  # called in each step of each check
def bracketed(host: str) -> str:
    """Return *host* in the form for URLs and before a port: IPv6 addresses in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def split_remote(remote: str) -> tuple[str, str]:
    """Return the address without brackets and the port of ``address:port``; the port is empty if it is unknown."""
    address, _colon, port = remote.rpartition(":")
    has_port = port.isdecimal() and (":" not in address or address.endswith("]"))
    return (address.strip("[]"), port) if has_port else (remote.strip("[]"), "")


def effective_port(parts: SplitResult) -> int:
    """Return the port in a URL's *parts*, or the default of its scheme; 0 if there is none."""
    return parts.port or PORTS.get(parts.scheme, 0)


def is_this_machine(address: Address) -> bool:
    """Whether *address* belongs to this machine; sends nothing."""
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))  # on a datagram socket this only chooses a route
            return str(probe.getsockname()[0]).partition("%")[0] == str(address)
    except OSError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """What may be connected to; the same for probes, browsers and notifications."""

    allow: tuple[Rule, ...] = ()
    """Overrides all other rules. A rule by name does not open metadata addresses or our own port: names can lie."""
    deny: tuple[Rule, ...] = ()
    private: bool = True
    """Whether private networks may be reached."""
    own_port: int | None = None
    is_own: Callable[[Address], bool] = is_this_machine

    @classmethod
    def of(cls, allow: Iterable[str], deny: Iterable[str], *, private: bool, own_port: int | None) -> Self:
        """Create the policy from the settings.

        Raises:
            ValueError: A rule cannot be parsed.
        """
        return cls(
            allow=tuple(map(Rule.parse, allow)), deny=tuple(map(Rule.parse, deny)), private=private, own_port=own_port
        )

    def for_the_operator(self) -> Self:
        """Return the policy for addresses that the environment names: any address except cloud metadata.

        Whoever sets the environment could change the rules as well, so the rules do not protect against them. Metadata
        stays closed because a name that somebody else controls may resolve to it later.
        """
        return replace(self, deny=(), private=True, own_port=None)

    def refusal(self, host: str, address: str, port: int) -> str | None:
        """Return why *address* may not be connected to on behalf of *host*; None if it may."""
        name = host.lower().rstrip(".")
        try:
            place = _place(address)
        except ValueError:
            return f"{address} is not an address"
        allowing = [rule for rule in self.allow if rule.matches(name, place, port)]
        if any(rule.name is None for rule in allowing):
            return None
        if _holds_credentials(address):
            return f"{place} is where clouds keep a machine's credentials; WATCHWRIGHT_ALLOW can open it"
        if port == self.own_port and self.is_own(place):
            return f"{place}:{port} is Watchwright itself; WATCHWRIGHT_ALLOW can open it"
        if allowing:
            return None
        if any(rule.matches(name, place, port) for rule in self.deny):
            return f"WATCHWRIGHT_DENY closes {place}:{port}"
        if not self.private and _is_private(place):
            return f"{place} is in a private network, which WATCHWRIGHT_PRIVATE_NETWORKS closes"
        return None


FOR_THE_OPERATOR = AddressPolicy().for_the_operator()
"""For callers without settings: everything except cloud metadata."""


@lru_cache(maxsize=4_096)
def _place(address: str) -> Address:
    return _embedded_ipv4(ip_address(address.partition("%")[0]))


def _is_private(place: Address) -> bool:
    further = (LOCAL_NAT64, SITE_LOCAL)  # which Python counts as global, depending on its version
    return not place.is_global or (place.version == 6 and any(place in network for network in further))


@lru_cache(maxsize=4_096)
def _holds_credentials(address: str) -> bool:
    places = _possible_places(_place(address))
    return any(place.version == network.version and place in network for place in places for network in METADATA)


def _possible_places(place: Address) -> list[Address]:
    """Return where a connection to *place* may lead."""
    if place.version == 4 or place not in LOCAL_NAT64:
        return [place]
    return [place, *(IPv4Address(bytes(place.packed[at] for at in positions)) for positions in LOCAL_NAT64_BYTES)]


def _embedded_ipv4(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one embeds, if any: otherwise it would bypass every IPv4 rule."""
    if isinstance(address, IPv4Address):
        return address
    if any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    if int(address) >> 32 == 0 and int(address) > 1:
        return IPv4Address(int(address))  # IPv4-compatible, ::a.b.c.d (RFC 4291, 2.5.5.1)
    return address.ipv4_mapped or address.sixtofour or address


def _split_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):
        place, _bracket, rest = text[1:].partition("]")
        return place, _port(rest.removeprefix(":")) if rest else None
    place, colon, port = text.rpartition(":")
    if not colon or ":" in place:  # no port, or an IPv6 address
        return text, None
    return place, _port(port)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise ValueError(f"{text!r} is not a port")
    return int(text)
