"""Takes a look at a website: tries each step of its request separately, to show which of them fails."""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from core.addresses import FOR_THE_OPERATOR, MayConnect, is_ip_address
from core.clock import utc_now
from core.diagnosis.handshake import spoken_protocol
from core.diagnosis.look_facts import NO_ADDRESS, SYSTEM, AttemptFact, CertificateFact, HopFact, LookFact, LookupFact
from core.diagnosis.name_server import ask_name_server, is_public, name_server_of
from core.diagnosis.response_marks import KEPT_HEADERS
from core.models import HTTPMethod
from core.monitoring.certificate import Certificate
from core.monitoring.curl_errors import Failure
from core.monitoring.engine import OnEngine
from core.monitoring.probe_run import ProbeRun
from core.monitoring.request import Request, port_of
from core.monitoring.resolver import Lookup, Resolver, Resolving
from core.monitoring.secrets import masked, secrets_of, shown_url
from core.monitoring.transfer import SAFE_METHODS, Hop, Transfers
from core.monitoring.verdict import status_fault
from core.schemas.check_options import DEFAULTS, CheckOptions

MAX_ADDRESSES = 8  # some names have dozens
MAX_HOPS = 21  # one more than any check follows
MAX_SECONDS = 10.0  # timeout of each step
EXCERPT_CHARACTERS = 1_500  # enough of an error page to recognise which server wrote it
BODY_CHARACTERS = 65_536
STYLE = re.compile(r"<style\b.*?(?:</style\s*>|\Z)", re.IGNORECASE | re.DOTALL)  # often longer than the excerpt
TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)

_facts: TypeAdapter[LookFact] = TypeAdapter(LookFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookTarget:
    """The website to look at."""

    url: str
    options: CheckOptions = DEFAULTS
    timeout_seconds: float = 10.0
    good_address: str | None = None
    """The address of the last good check; gets the same request if the name now resolves to other addresses."""


class LookRunner(OnEngine):
    """Takes looks on its own probe thread, so that no check waits for them."""

    def __init__(
        self,
        *,
        second_resolver: str = "off",
        resolver: Resolving | None = None,
        may_connect: MayConnect | None = None,
        may_ask: MayConnect = FOR_THE_OPERATOR.refusal,
        mask: Callable[[str], str] = str,
    ) -> None:
        """Args:
        second_resolver: A setting for `name_server_of`.
        may_connect: Decides whether a website's address is allowed.
        may_ask: Decides whether the address of the second resolver is allowed.
        mask: Masks secrets in a page's text.
        """
        super().__init__()
        self._second = second_resolver
        self._may_ask = may_ask
        self._resolver = resolver or Resolver()
        self._mask = mask
        self._transfers = Transfers(self._engine, may_connect, keeps_content=True)

    async def look(self, target: LookTarget) -> LookFact:
        """Take one look at *target*; always ends within its timeout plus some seconds."""
        began_at = utc_now()
        target = replace(target, timeout_seconds=min(target.timeout_seconds, MAX_SECONDS))
        host = urlsplit(target.url).hostname or ""
        is_direct = target.options.proxy is None
        lookups = await self._resolve(host) if is_direct and not is_ip_address(host) else ()
        addresses = _addresses(host, lookups) if is_direct else ()
        requesting = asyncio.ensure_future(self._request(target, self._resolver))
        attempts = await asyncio.gather(*(self._connect(target, address) for address in addresses))
        hops = await requesting
        other = _other_address(target, addresses)
        good_hops = await self._request(target, _Pinned(host, other, self._resolver)) if other else ()
        return LookFact(
            id=0,
            began_at=began_at,
            is_good=_is_good(hops, target.options),
            lookups=lookups,
            attempts=tuple(attempts),
            spoken=await spoken_protocol(attempts[0], host, port_of(target.url)) if attempts else None,
            hops=hops,
            good_address=other,
            good_hops=good_hops,
        )

    async def _resolve(self, host: str) -> tuple[LookupFact, ...]:
        asking = [self._ask_system(host)]
        if is_public(host) and (second := await asyncio.to_thread(name_server_of, self._second)):
            asking.append(ask_name_server(second, host, self._may_ask))
        return tuple(await asyncio.gather(*asking))

    async def _ask_system(self, host: str) -> LookupFact:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Lookup] = loop.create_future()
        self._resolver.look_up(host, "any", lambda found: _tell(loop, answer, found))
        try:
            found = await asyncio.wait_for(answer, MAX_SECONDS)
        except TimeoutError:
            return LookupFact(resolver=SYSTEM, ms=MAX_SECONDS * 1_000, error="it did not respond in time")
        return LookupFact(
            resolver=SYSTEM,
            ms=round(found.dns_ms, 3),
            addresses=found.addresses,
            is_absent=found.is_absent,
            error=NO_ADDRESS if found.has_no_address else found.error,
        )

    async def _connect(self, target: LookTarget, address: str) -> AttemptFact:
        """Connect to one address, with a TLS handshake that accepts any certificate."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Hop] = loop.create_future()
        name = f"{urlsplit(target.url).hostname}:{port_of(target.url)}"
        request = Request(
            url=target.url,
            method=HTTPMethod.GET,
            options=target.options,
            is_own_origin=False,
            addresses={} if is_ip_address(urlsplit(target.url).hostname or "") else {name: (address,)},
            dns_ms=None,
            left_seconds=target.timeout_seconds,
            timeout_seconds=target.timeout_seconds,
            is_inspection=True,
        )

        def done(hop: Hop) -> None:
            loop.call_soon_threadsafe(_settle, ended, hop)

        self._engine.call(lambda: self._transfers.run(request, done))
        hop = await self.wait_for(ended)
        return AttemptFact(
            address=address,
            connect_ms=_rounded(hop.connect_ms),
            tls_ms=_rounded(hop.tls_ms),
            error_kind=hop.failure.kind if hop.failure else None,
            error=hop.failure.sentence if hop.failure else None,
            certificate=_certificate(hop.certificate) if hop.certificate else None,
        )

    async def _request(self, target: LookTarget, resolver: Resolving) -> tuple[HopFact, ...]:
        """Send the request of a check, and return each hop of its redirects."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[tuple[list[Hop], Failure | None]] = loop.create_future()
        probe_run = ProbeRun(
            self._engine,
            resolver,
            self._transfers,
            url=target.url,
            options=target.options,
            timeout_seconds=target.timeout_seconds,
            arrived=lambda hops, failure: _tell(loop, ended, (list(hops), failure)),
        )
        self._engine.call(probe_run.begin)
        hops, failure = await self.wait_for(ended)
        secrets = secrets_of(target.url, target.options)
        facts = [self._hop(hop, secrets) for hop in hops[:MAX_HOPS]]
        if failure is not None and facts and facts[-1].error_kind is None:  # for example too many redirects
            facts[-1] = replace(facts[-1], error_kind=failure.kind, error=masked(failure.sentence, secrets))
        return tuple(facts)

    def _hop(self, hop: Hop, secrets: tuple[str, ...]) -> HopFact:
        text = (hop.body or b"")[:BODY_CHARACTERS].decode("utf-8", "replace")
        text = self._mask(masked(text, secrets)) if _is_text(hop) else ""
        title = TITLE.search(text)
        return HopFact(
            url=shown_url(hop.url, secrets),
            address=hop.remote_address,
            status=hop.http_status_code,
            location=shown_url(hop.location, secrets)[:2_048] if hop.location else None,
            total_ms=_rounded(hop.total_ms),
            ttfb_ms=_rounded(hop.ttfb_ms),
            download_ms=_rounded(hop.download_ms),
            headers={
                name: masked(value, secrets)[:256]
                for name, value in reversed(hop.headers)
                if name in KEPT_HEADERS and name != "location"
            },
            title=" ".join(unescape(title.group(1)).split())[:256] if title else None,
            excerpt=STYLE.sub(" ", text)[:EXCERPT_CHARACTERS] or None,
            error_kind=hop.failure.kind if hop.failure else None,
            error=masked(hop.failure.sentence, secrets) if hop.failure else None,
        )


class _Pinned:
    """A resolver that returns a fixed address for one name and asks another resolver for all others."""

    def __init__(self, host: str, address: str, other: Resolving) -> None:
        self._host, self._address, self._other = host, address, other

    def look_up(self, host: str, ip_version: str, on_found: Callable[[Lookup], None]) -> None:
        if host == self._host:
            on_found(Lookup(addresses=(self._address,), dns_ms=0.0))
        else:
            self._other.look_up(host, ip_version, on_found)


def as_steps(look: LookFact) -> dict[str, Any]:
    """Return *look* as `core.models.Look.steps` stores it."""
    steps: dict[str, Any] = _facts.dump_python(look, mode="json", exclude={"id", "began_at", "is_good"})
    return steps


def from_steps(steps: dict[str, Any], **known: Any) -> LookFact:
    """Return the look from which `as_steps` made *steps*; *known* are its id, began_at and is_good."""
    return _facts.validate_python({**steps, **known})


def _addresses(host: str, lookups: Sequence[LookupFact]) -> tuple[str, ...]:
    if is_ip_address(host):
        return (host,)
    return next((lookup.addresses[:MAX_ADDRESSES] for lookup in lookups if lookup.addresses), ())


def _other_address(target: LookTarget, addresses: Sequence[str]) -> str | None:
    """Return the website's last good address if it is not among the current ones, for requests safe to repeat."""
    if not addresses or target.good_address in addresses or target.options.method not in SAFE_METHODS:
        return None
    return None if is_ip_address(urlsplit(target.url).hostname or "") else target.good_address


def _is_good(hops: Sequence[HopFact], options: CheckOptions) -> bool:
    if not hops or hops[-1].error_kind is not None:
        return False
    return status_fault(hops[-1].status, options) is None


def _is_text(hop: Hop) -> bool:
    kind = dict(reversed(hop.headers)).get("content-type", "text/")
    return kind.startswith("text/") or "json" in kind or "xml" in kind


def _certificate(certificate: Certificate) -> CertificateFact:
    return CertificateFact(
        subject=certificate.subject,
        issuer=certificate.issuer,
        names=certificate.names,
        starts_at=certificate.starts_at,
        expires_at=certificate.expires_at,
        chain=certificate.chain,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _tell(loop: asyncio.AbstractEventLoop, future: "asyncio.Future[Any]", value: object) -> None:
    loop.call_soon_threadsafe(_settle, future, value)


def _settle(future: "asyncio.Future[Any]", value: object) -> None:
    if not future.done():
        future.set_result(value)
