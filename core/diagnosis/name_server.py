"""Asks a second name server besides the system's resolver; a difference shows which of them is at fault.

The DNS library is imported on first use: it needs 3 MB, and without a failure nobody uses it.
"""

import asyncio
from time import perf_counter

from core.addresses import FOR_THE_OPERATOR, MayConnect, is_ip_address
from core.diagnosis.look_facts import NO_ADDRESS, LookupFact

MAX_ADDRESSES = 8  # some names have dozens
SECOND_SECONDS = 3.0  # timeout of the second resolver, which may be unreachable
PRIVATE_ENDS = (
    "local",
    "localhost",
    "internal",
    "lan",
    "home",
    "corp",
    "intranet",
    "arpa",
    "test",
    "invalid",
    "example",
)


def name_server_of(setting: str) -> str | None:
    """Return the name server for the setting ``ADDRESS[:PORT]``, ``auto`` or ``off``; None if there is none."""
    if setting != "auto":
        return None if setting == "off" else setting
    import dns.exception
    import dns.resolver

    try:
        configured = dns.resolver.Resolver().nameservers
    except dns.exception.DNSException:  # no name server is configured, for example without a network
        return None
    return str(configured[-1]) if configured else None


async def ask_name_server(server: str, host: str, may_ask: MayConnect = FOR_THE_OPERATOR.refusal) -> LookupFact:
    """Ask the name server at ``ADDRESS`` or ``ADDRESS:PORT`` for the IPv4 and IPv6 addresses of *host*.

    Sends nothing if *may_ask* forbids the server's address; the result then contains the reason.
    """
    import dns.asyncresolver
    import dns.exception

    address, port = _server(server)
    if reason := may_ask(address, address, port):
        return LookupFact(resolver=server, ms=0.0, error=f"it may not be asked: {reason}")
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = [address], port, SECOND_SECONDS
    began = perf_counter()
    answers = await asyncio.gather(
        *(resolver.resolve(host, kind, search=False) for kind in ("A", "AAAA")), return_exceptions=True
    )
    took_ms = round((perf_counter() - began) * 1_000, 3)
    found = [record.to_text() for answer in answers if isinstance(answer, dns.resolver.Answer) for record in answer]
    if found:
        return LookupFact(resolver=server, ms=took_ms, addresses=tuple(found[:MAX_ADDRESSES]))
    problem = next(answer for answer in answers if isinstance(answer, BaseException))
    is_absent = isinstance(problem, dns.resolver.NXDOMAIN | dns.resolver.NoAnswer)
    if not is_absent and not isinstance(problem, dns.exception.DNSException | OSError):
        raise problem
    absence = NO_ADDRESS if isinstance(problem, dns.resolver.NoAnswer) else "it does not exist"
    words = absence if is_absent else "it could not be asked"
    return LookupFact(resolver=server, ms=took_ms, is_absent=is_absent, error=words)


def is_public(host: str) -> bool:
    """Whether *host* may be sent to an external name server; names of internal networks must not leak."""
    labels = host.rstrip(".").lower().split(".")
    return len(labels) > 1 and labels[-1] not in PRIVATE_ENDS and not is_ip_address(host)


def _server(server: str) -> tuple[str, int]:
    if is_ip_address(server):
        return server, 53
    address, _colon, port = server.rpartition(":")
    return address.strip("[]"), int(port)
