"""Probes a website once and measures every phase. A failing website is a result, never an exception."""

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
from core.monitoring.probe_run import ProbeRun
from core.monitoring.resolver import Resolver, Resolving
from core.monitoring.secrets import masked, secrets_of, shown_url
from core.monitoring.transfer import Hop, Transfers
from core.schemas.check_options import DEFAULTS, CheckOptions

logger = logging.getLogger(__name__)

_times = attrgetter("total_ms", "dns_ms", "connect_ms", "tls_ms", "ttfb_ms", "download_ms")
DELIVER_TIMEOUT_SECONDS = 2.0  # far longer than the prober's thread needs for any step
BATCH_SECONDS = 0.05  # a result waits this long for others, even when it is urgent
BATCH_SIZE = 100  # as many results are delivered at once: the caller may have room for some hundred probes only
QUARANTINE_SECONDS = 3_600.0  # a website that flooded us is probed on a separate thread for this long


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """A URL to probe, with its options and timeout."""

    url: str
    timeout_seconds: float = 10.0
    """For the whole probe, redirects included."""
    options: CheckOptions = DEFAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """The result of a probe. Each phase is the sum over all redirect hops; None if no hop had it.

    URLs and messages contain no credentials and no secrets from the options.
    """

    url: str
    method: str
    started_at: datetime
    final_url: str
    """The URL at which the redirects ended."""
    redirects: tuple[str, ...]
    """Each URL that answered with a redirect, in order."""
    http_status_code: int | None
    http_version: str | None
    remote_address: str | None
    address: str | None = None
    """The IP address of the last request or attempt, without the port; None if the name did not resolve."""
    response_time_ms: float
    """From the start until the last byte or the failure."""
    dns_ms: float | None
    """The lookup of the website's host, or of the proxy's if there is a proxy."""
    connect_ms: float | None
    tls_ms: float | None
    """The TLS handshake; through a proxy this includes setting up the tunnel."""
    ttfb_ms: float | None
    """Request fully sent until the first byte of the answer (HAR 1.2 ``wait``)."""
    download_ms: float | None
    body_bytes: int
    """The size as received, before decompression."""
    certificate_expires_at: datetime | None
    """The expiry of the first certificate that the final host sent; None without TLS."""
    error: str | None
    """Why there is no complete answer, in one sentence; None if there is one."""
    error_kind: ProbeErrorKind | None
    certificate: Certificate | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The final answer's headers, in order, with names in lower case. Kept only if an expectation needs them. May hold
    secrets."""
    body: bytes | None = field(default=None, repr=False)
    """The first MiB of the body, decompressed. Kept only if an expectation needs it, and only until the verdict."""
    is_body_cut: bool = False
    """Whether the body was longer than that."""

    def without_content(self) -> Self:
        """Return the result without headers and body, which only the verdict needs."""
        return self if self.body is None and not self.headers else replace(self, headers=(), body=None)


OnResult = Callable[[ProbeResult], None]
"""Called on the event loop with the result of a probe."""


class Prober(OnEngine):
    """Runs probes on its own thread and loop, so that other work does not distort timings."""

    def __init__(
        self,
        may_connect: MayConnect | None = None,
        resolver: Resolving | None = None,
        *,
        gap_seconds: float = 0.0,
    ) -> None:
        """*may_connect* is called for every address just before connecting, on the prober's thread.

        Results are delivered in batches, *gap_seconds* apart, because waking the event loop costs as much as a probe.
        Failures are delivered almost at once. Without a gap, each result is delivered at once.
        """
        super().__init__()
        self._gap_seconds = gap_seconds
        self._undelivered: list[tuple[OnResult, ProbeResult]] = []
        self._delivered_at = float("-inf")
        self._delivers_at = float("inf")
        """When the undelivered results will be delivered."""
        self._resolver = resolver or Resolver()
        self._may_connect = may_connect
        self._main_lane = _Lane(self._engine, Transfers(self._engine, may_connect))
        self._quarantine: _Lane | None = None
        """A separate thread for websites that flooded this one; created at the first flood."""
        self._flooded_at: dict[str, float] = {}

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._quarantine is not None:
            await asyncio.to_thread(self._quarantine.engine.stop)
        await super().__aexit__(kind, error, trace)

    async def probe(self, target: ProbeTarget) -> ProbeResult:
        """Probe *target* once. Returns within its timeout, however the server behaves."""
        answer: asyncio.Future[ProbeResult] = asyncio.get_running_loop().create_future()
        self.begin(target, partial(_resolve, answer))
        return await self.wait_for(answer)

    def begin(self, target: ProbeTarget, on_result: OnResult) -> None:
        """Probe *target* once. Calls *on_result* on this event loop within the timeout, however the server behaves."""
        tell = partial(self._add, asyncio.get_running_loop(), on_result)
        lane = self._lane_for(target.url)
        if lane is self._quarantine:
            lane.engine.call(
                partial(self._begin, lane, target, lambda result: self._engine.call(partial(tell, result)))
            )
        else:
            lane.engine.call(partial(self._begin, lane, target, tell))

    async def deliver_now(self) -> None:
        """Deliver all results that have arrived, without waiting for the gap; returns when that is done."""
        loop, is_told = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            self._deliver(loop)
            loop.call_soon_threadsafe(is_told.set)

        self._engine.call(tell)
        with suppress(TimeoutError):  # the prober's thread has crashed, so no more results come
            await asyncio.wait_for(is_told.wait(), DELIVER_TIMEOUT_SECONDS)

    def look_for_flood(self) -> None:
        super().look_for_flood()
        if self._quarantine is not None:
            self._quarantine.engine.look_for_flood()

    def _lane_for(self, url: str) -> "_Lane":
        flooded_at = self._flooded_at.get(url)
        if flooded_at is None or monotonic() - flooded_at > QUARANTINE_SECONDS:
            return self._main_lane
        if self._quarantine is None:
            engine = Engine()
            engine.start()
            self._quarantine = _Lane(engine, Transfers(engine, self._may_connect))
        return self._quarantine

    def _begin(self, lane: "_Lane", target: ProbeTarget, tell: OnResult) -> None:
        started_at = utc_now()

        def arrived(hops: list[Hop], failure: Failure | None) -> None:
            if failure is not None and failure.kind is ProbeErrorKind.FLOOD:
                self._flooded_at[target.url] = monotonic()
            tell(_result(target, hops, started_at, failure=failure))

        ProbeRun(
            lane.engine,
            self._resolver,
            lane.transfers,
            url=target.url,
            options=target.options,
            timeout_seconds=target.timeout_seconds,
            arrived=arrived,
        ).begin()

    def _add(self, loop: asyncio.AbstractEventLoop, on_result: OnResult, result: ProbeResult) -> None:
        self._undelivered.append((on_result, result))
        if not self._gap_seconds:
            self._deliver(loop)
            return
        soon = monotonic() + BATCH_SECONDS
        is_failure = result.error is not None or (result.http_status_code or 0) >= HTTPStatus.BAD_REQUEST
        is_soon = is_failure or len(self._undelivered) >= BATCH_SIZE
        delivers_at = soon if is_soon else max(soon, self._delivered_at + self._gap_seconds)
        if delivers_at < self._delivers_at:
            self._delivers_at = delivers_at
            self._engine.call_later(delivers_at - monotonic(), partial(self._deliver, loop))

    def _deliver(self, loop: asyncio.AbstractEventLoop) -> None:
        arrived, self._undelivered = self._undelivered, []
        if not arrived:  # a failure has triggered the delivery earlier
            return
        self._delivered_at, self._delivers_at = monotonic(), float("inf")
        with suppress(RuntimeError):  # the loop is closed, so nobody waits for results
            loop.call_soon_threadsafe(_deliver_all, arrived)


@dataclass(frozen=True, slots=True)
class _Lane:
    """A prober thread with its transfers."""

    engine: Engine
    transfers: Transfers


def _deliver_all(arrived: list[tuple[OnResult, ProbeResult]]) -> None:
    for on_result, result in arrived:
        try:
            on_result(result)
        except Exception:  # an error in one callback must not keep results from the others
            logger.exception("the callback for a probe's result failed", extra={"url": result.url})


def _resolve(answer: "asyncio.Future[ProbeResult]", result: ProbeResult) -> None:
    if not answer.done():  # else the caller was cancelled
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
    """Return the total time and each phase, summed over all hops; None for a phase that no hop had."""
    if len(hops) == 1:  # the usual case, and faster
        return [value if value is None else round(value, 3) for value in _times(hops[0])]
    known = ([value for value in values if value is not None] for values in zip(*map(_times, hops), strict=True))
    return [round(sum(values), 3) if values else None for values in known]
