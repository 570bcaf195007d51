"""Asks a website once and measures every phase; how a website fails is a result, never an exception."""

import asyncio
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urljoin, urlsplit

from core.clock import monotonic_ms, utc_now
from core.monitoring.curl_errors import Failure, ProbeErrorKind
from core.monitoring.transfer import Hop, Transfers

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """What to ask, and how long to wait."""

    url: str
    method: str = "GET"
    timeout_seconds: float = 10.0
    """For the whole probe, redirects included."""
    max_redirects: int = 10
    verify_tls: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """How a website answered. Phases are summed over redirect hops, and None where none took place."""

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
    response_time_ms: float
    """From the start until the last byte, or until it failed."""
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    ttfb_ms: float | None
    """Request fully sent until the first byte of the answer (HAR 1.2 ``wait``)."""
    download_ms: float | None
    body_bytes: int
    certificate_expires_at: datetime | None
    """Of the first certificate that the final host served; None without TLS."""
    error: str | None
    """Why there is no whole answer, in one sentence; None when there is one."""
    error_kind: ProbeErrorKind | None


class Prober:
    """Runs probes on a thread and an event loop of its own, so that nothing else's work is in its figures."""

    _loop: asyncio.AbstractEventLoop
    _thread: threading.Thread
    _transfers: Transfers

    async def __aenter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="prober", daemon=True)
        self._thread.start()
        await self._over_there(self._open())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._over_there(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def probe(self, target: ProbeTarget) -> ProbeResult:
        """Ask *target* once; ends within its timeout, whatever the server does."""
        return await self._over_there(self._probe(target))

    async def _probe(self, target: ProbeTarget) -> ProbeResult:
        started_at, began_ms = utc_now(), monotonic_ms()
        url, hops = target.url, list[Hop]()
        while True:
            left_s = target.timeout_seconds - (monotonic_ms() - began_ms) / 1_000
            hop = await self._transfers.run(target, url, timeout_s=max(left_s, 0.001))
            hops.append(hop)
            if hop.failure is not None or hop.location is None:
                return _result(target, hops, started_at, failure=hop.failure)
            if len(hops) > target.max_redirects:
                return _result(target, hops, started_at, failure=_too_many(target.max_redirects))
            url = urljoin(url, hop.location)
            if urlsplit(url).scheme not in ("http", "https"):
                return _result(target, hops, started_at, failure=_elsewhere(url))

    async def _open(self) -> None:
        self._transfers = Transfers(asyncio.get_running_loop())

    async def _close(self) -> None:
        self._transfers.close()

    async def _over_there(self, work: Coroutine[Any, Any, Result]) -> Result:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))


def _result(target: ProbeTarget, hops: list[Hop], started_at: datetime, *, failure: Failure | None) -> ProbeResult:
    last = hops[-1]
    return ProbeResult(
        url=target.url,
        method=target.method,
        started_at=started_at,
        final_url=last.url,
        redirects=tuple(hop.url for hop in hops[:-1]),
        http_status_code=last.http_status_code,
        http_version=last.http_version,
        remote_address=last.remote_address,
        response_time_ms=_sum([hop.total_ms for hop in hops]) or 0.0,
        dns_ms=_sum([hop.dns_ms for hop in hops]),
        connect_ms=_sum([hop.connect_ms for hop in hops]),
        tls_ms=_sum([hop.tls_ms for hop in hops]),
        ttfb_ms=_sum([hop.ttfb_ms for hop in hops]),
        download_ms=_sum([hop.download_ms for hop in hops]),
        body_bytes=last.body_bytes,
        certificate_expires_at=last.certificate_expires_at,
        error=failure.sentence if failure else None,
        error_kind=failure.kind if failure else None,
    )


def _sum(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known), 3) if known else None


def _too_many(limit: int) -> Failure:
    return Failure(
        kind=ProbeErrorKind.REDIRECT, sentence=f"It redirects more than {limit} times; this may be a redirect loop."
    )


def _elsewhere(url: str) -> Failure:
    scheme = urlsplit(url).scheme or "nothing"
    return Failure(
        kind=ProbeErrorKind.REDIRECT, sentence=f"It redirects to a {scheme}: URL; only http and https are followed."
    )
