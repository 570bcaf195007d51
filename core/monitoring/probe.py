"""Asks a website once and measures every phase; how a website fails is a result, never an exception."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from operator import attrgetter
from time import monotonic
from types import TracebackType
from typing import Self

from core.addresses import MayConnect
from core.clock import utc_now
from core.monitoring.certificate import Certificate
from core.monitoring.curl_errors import Failure, ProbeErrorKind
from core.monitoring.engine import Engine, OnEngine
from core.monitoring.journey import Journey
from core.monitoring.resolver import Resolver, Resolving
from core.monitoring.secrets import masked, secrets_of, shown_url
from core.monitoring.transfer import Hop, Transfers
from core.schemas.check_options import DEFAULTS, CheckOptions

logger = logging.getLogger(__name__)

_times = attrgetter("total_ms", "dns_ms", "connect_ms", "tls_ms", "ttfb_ms", "download_ms")
TELL_SECONDS = 2.0  # far longer than the prober's thread takes for anything it does at once
SOON_SECONDS = 0.05  # for which a result that might be told waits for others of its moment
MANY = 100  # results that are told at once: whoever takes them may have room for some hundred probes only
ASIDE_SECONDS = 3_600.0  # for which a website that flooded us is asked where it keeps only its like waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """What to ask, and how long to wait."""

    url: str
    timeout_seconds: float = 10.0
    """For the whole probe, redirects included."""
    options: CheckOptions = DEFAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """How a website answered. Phases are summed over redirect hops, and None where none took place.

    URLs are without credentials, and no sentence holds what the options keep secret.
    """

    url: str
    method: str
    started_at: datetime
    final_url: str
    """Where the redirects ended."""
    redirects: tuple[str, ...]
    """Each URL that sent us on, in order."""
    http_status_code: int | None
    http_version: str | None
    remote_address: str | None
    address: str | None = None
    """Where the last request went, or was meant to go, without the port; None where the name did not resolve."""
    response_time_ms: float
    """From the start until the last byte, or until it failed."""
    dns_ms: float | None
    """Of the website's host, or of the proxy's where there is one."""
    connect_ms: float | None
    tls_ms: float | None
    """The handshake; through a proxy also the tunnel that it needs."""
    ttfb_ms: float | None
    """Request fully sent until the first byte of the answer (HAR 1.2 ``wait``)."""
    download_ms: float | None
    body_bytes: int
    """As received: compressed where it was."""
    certificate_expires_at: datetime | None
    """Of the first certificate that the final host served; None without TLS."""
    error: str | None
    """Why there is no whole answer, in one sentence; None when there is one."""
    error_kind: ProbeErrorKind | None
    certificate: Certificate | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Of the final answer, where an expectation needs them: names in lower case with their values, in order; may hold
    secrets."""
    body: bytes | None = field(default=None, repr=False)
    """Its first MiB, unpacked; only where an expectation looks into it, and only until the verdict."""
    is_body_cut: bool = False
    """Whether there was more of it."""

    def without_content(self) -> Self:
        """The same facts without headers and body, which only the verdict needs."""
        return self if self.body is None and not self.headers else replace(self, headers=(), body=None)


Told = Callable[[ProbeResult], None]
"""Told on the event loop how a website answered."""


class Prober(OnEngine):
    """Runs probes on a thread and a loop of its own, so that nothing else's work is in its figures."""

    def __init__(
        self,
        may_connect: MayConnect | None = None,
        resolver: Resolving | None = None,
        *,
        gap_seconds: float = 0.0,
    ) -> None:
        """*may_connect* is asked for every address, at the moment of connecting; on the prober's thread.

        Results are told together, *gap_seconds* after the ones before, failures a moment after they were found: each
        time the other thread is woken costs as much as a probe. Without a gap each is told at once.
        """
        super().__init__()
        self._gap_seconds = gap_seconds
        self._arrived: list[tuple[Told, ProbeResult]] = []
        self._told_at = float("-inf")
        self._tells_at = float("inf")
        """When what has arrived is told."""
        self._resolver = resolver or Resolver()
        self._may_connect = may_connect
        self._lane = _Lane(self._engine, Transfers(self._engine, may_connect))
        self._aside: _Lane | None = None
        """Another thread, from the first flood on, for websites that flooded this one."""
        self._flooded_at: dict[str, float] = {}

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._aside is not None:
            await asyncio.to_thread(self._aside.engine.stop)
        await super().__aexit__(kind, error, trace)

    async def probe(self, target: ProbeTarget) -> ProbeResult:
        """Ask *target* once; ends within its timeout, whatever the server does."""
        answer: asyncio.Future[ProbeResult] = asyncio.get_running_loop().create_future()
        self.begin(target, partial(_resolve, answer))
        return await self.heard(answer)

    def begin(self, target: ProbeTarget, told: Told) -> None:
        """Ask *target* once; *told* is called on this event loop, within the timeout, whatever the server does."""
        tell = partial(self._tell, asyncio.get_running_loop(), told)
        lane = self._lane_for(target.url)
        if lane is self._aside:
            lane.engine.call(
                partial(self._begin, lane, target, lambda result: self._engine.call(partial(tell, result)))
            )
        else:
            lane.engine.call(partial(self._begin, lane, target, tell))

    async def tell_now(self) -> None:
        """Returns once what has arrived is told, whatever the gap."""
        loop, is_told = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            self._hand_over(loop)
            loop.call_soon_threadsafe(is_told.set)

        self._engine.call(tell)
        with suppress(TimeoutError):  # its thread has fallen: nothing more comes from there
            await asyncio.wait_for(is_told.wait(), TELL_SECONDS)

    def look_for_flood(self) -> None:
        super().look_for_flood()
        if self._aside is not None:
            self._aside.engine.look_for_flood()

    def _lane_for(self, url: str) -> "_Lane":
        flooded_at = self._flooded_at.get(url)
        if flooded_at is None or monotonic() - flooded_at > ASIDE_SECONDS:
            return self._lane
        if self._aside is None:
            engine = Engine()
            engine.start()
            self._aside = _Lane(engine, Transfers(engine, self._may_connect))
        return self._aside

    def _begin(self, lane: "_Lane", target: ProbeTarget, tell: Told) -> None:
        started_at = utc_now()

        def arrived(hops: list[Hop], failure: Failure | None) -> None:
            if failure is not None and failure.kind is ProbeErrorKind.FLOOD:
                self._flooded_at[target.url] = monotonic()
            tell(_result(target, hops, started_at, failure=failure))

        Journey(
            lane.engine,
            self._resolver,
            lane.transfers,
            url=target.url,
            options=target.options,
            timeout_seconds=target.timeout_seconds,
            arrived=arrived,
        ).begin()

    def _tell(self, loop: asyncio.AbstractEventLoop, told: Told, result: ProbeResult) -> None:
        self._arrived.append((told, result))
        if not self._gap_seconds:
            self._hand_over(loop)
            return
        soon = monotonic() + SOON_SECONDS
        is_failure = result.error is not None or (result.http_status_code or 0) >= HTTPStatus.BAD_REQUEST
        is_soon = is_failure or len(self._arrived) >= MANY
        tells_at = soon if is_soon else max(soon, self._told_at + self._gap_seconds)
        if tells_at < self._tells_at:
            self._tells_at = tells_at
            self._engine.call_later(tells_at - monotonic(), partial(self._hand_over, loop))

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        arrived, self._arrived = self._arrived, []
        if not arrived:  # it was told sooner, as a failure came
            return
        self._told_at, self._tells_at = monotonic(), float("inf")
        with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
            loop.call_soon_threadsafe(_tell_all, arrived)


@dataclass(frozen=True, slots=True)
class _Lane:
    """A thread with its requests."""

    engine: Engine
    transfers: Transfers


def _tell_all(arrived: list[tuple[Told, ProbeResult]]) -> None:
    for told, result in arrived:
        try:
            told(result)
        except Exception:  # one that trips over its result must not keep the others from theirs
            logger.exception("a probe's result was not taken", extra={"url": result.url})


def _resolve(answer: "asyncio.Future[ProbeResult]", result: ProbeResult) -> None:
    if not answer.done():  # else nobody waits any more
        answer.set_result(result)


def _result(target: ProbeTarget, hops: list[Hop], started_at: datetime, *, failure: Failure | None) -> ProbeResult:
    last = hops[-1]
    secrets = secrets_of(target.url, target.options)
    url = shown_url(target.url, secrets)
    total_ms, dns_ms, connect_ms, tls_ms, ttfb_ms, download_ms = _sums(hops)
    return ProbeResult(
        url=url,
        method=target.options.method.value,
        started_at=started_at,
        final_url=url if last.url == target.url else shown_url(last.url, secrets),
        redirects=tuple(shown_url(hop.url, secrets) for hop in hops[:-1]),
        http_status_code=last.http_status_code,
        http_version=last.http_version,
        remote_address=last.remote_address,
        address=last.address,
        response_time_ms=total_ms or 0.0,
        dns_ms=dns_ms,
        connect_ms=connect_ms,
        tls_ms=tls_ms,
        ttfb_ms=ttfb_ms,
        download_ms=download_ms,
        body_bytes=last.body_bytes,
        certificate_expires_at=last.certificate.expires_at if last.certificate else None,
        error=masked(failure.sentence, secrets) if failure else None,
        error_kind=failure.kind if failure else None,
        certificate=last.certificate,
        headers=last.headers,
        body=last.body,
        is_body_cut=last.is_body_cut,
    )


def _sums(hops: list[Hop]) -> list[float | None]:
    """The whole time and each phase, summed over all hops; None for a phase that no hop had."""
    if len(hops) == 1:  # nearly always
        return [value if value is None else round(value, 3) for value in _times(hops[0])]
    known = ([value for value in values if value is not None] for values in zip(*map(_times, hops), strict=True))
    return [round(sum(values), 3) if values else None for values in known]
