"""Breaks the stage of `benchmarks.diagnosis` below HTTP: names, connections, TLS."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Timer

from benchmarks._stage import Authority, Reply, Silent, Stage
from core.clock import utc_now
from core.monitoring.resolver import Lookup, Resolver

Undo = Callable[[], None]


class Names:
    """A resolver whose answers tests control; for other names it asks the system."""

    def __init__(self) -> None:
        self.addresses: dict[str, str | None] = {}
        self.delay_seconds = 0.0
        self._system = Resolver()

    def look_up(self, host: str, ip_version: str, tell: Callable[[Lookup], None]) -> None:
        if self.delay_seconds:
            answer = Lookup(addresses=("127.0.0.1",), dns_ms=self.delay_seconds * 1_000)
            Timer(self.delay_seconds, tell, [answer]).start()
        elif host not in self.addresses:
            self._system.look_up(host, ip_version, tell)
        elif (address := self.addresses[host]) is None:
            tell(Lookup(dns_ms=5.0, error="Temporary failure in name resolution"))
        else:
            tell(Lookup(addresses=(address,), dns_ms=1.0))


class Breaker:
    """Breaks a stage in a named way, such as ``tls expired``."""

    def __init__(self, authority: Authority, names: Names) -> None:
        self._authority = authority
        self._names = names

    async def break_down(self, way: str, stage: Stage) -> Undo:
        """Break *stage* in this *way*, and return a function that undoes it."""
        for find in (self._certificates, self._listeners, self._resolutions):
            act = find(stage).get(way)
            if act is not None:
                return await act() or _nothing
        return _nothing

    def _certificates(self, stage: Stage) -> dict[str, Callable[[], Awaitable[Undo | None]]]:
        """Return the ways that change the certificate or TLS on the same port."""
        now, made = utc_now(), self._authority.context
        contexts: dict[str, Callable[[], ssl.SSLContext | None]] = {
            "tls expired": lambda: made(ends_at=now - timedelta(days=2)),
            "tls wrong host": lambda: made(name="shop.example"),
            "tls expired and wrong host": lambda: made(name="shop.example", ends_at=now - timedelta(days=2)),
            "tls untrusted": made,
            "tls self-signed": lambda: made(is_self_signed=True),
            "tls early": lambda: made(starts_at=now + timedelta(days=2)),
            "tls soon": lambda: made(ends_at=now + timedelta(days=5, hours=1)),
            "tls none": lambda: None,
            "tls old": lambda: _only_old(made()),
        }
        return {way: partial(_open_again, stage, make) for way, make in contexts.items()}

    def _listeners(self, stage: Stage) -> dict[str, Callable[[], Awaitable[Undo | None]]]:
        """Return the ways that put another server, or none, on the same port."""
        return {
            "refused": stage.close,
            "silent": partial(_silent, stage),
            "tls hangs": partial(_served, stage, _deaf),
            "tls closes": partial(_served, stage, _rude),
            "https slow": partial(_late_stage, stage, self._authority),
        }

    def _resolutions(self, stage: Stage) -> dict[str, Callable[[], Awaitable[Undo | None]]]:
        """Return the ways that change the answer to the name."""
        return {
            "resolver fails": partial(self._resolve, {"no-such-website.invalid": None}),
            "moved to nobody": partial(self._resolve, {"moved.localhost": "127.0.0.9"}),
            "moved to another": partial(self._move, stage),
            "slow DNS": partial(self._resolve, {}, delay_seconds=1.0),
        }

    async def _resolve(self, addresses: dict[str, str | None], *, delay_seconds: float = 0.0) -> None:
        self._names.addresses, self._names.delay_seconds = addresses, delay_seconds

    async def _move(self, stage: Stage) -> Undo:
        await self._resolve({"moved.localhost": "127.0.0.9"})
        elsewhere = Stage(server="parking")
        await elsewhere.open(port=stage.port, host="127.0.0.9")
        elsewhere.replies = {"*": Reply(status=404, body="<h1>Parked</h1>")}
        return elsewhere.refuse


def _nothing() -> None:
    return None


async def _open_again(stage: Stage, make: Callable[[], ssl.SSLContext | None]) -> None:
    await stage.close()
    await stage.open(make(), port=stage.port)


async def _silent(stage: Stage) -> Undo:
    await stage.close()
    return Silent(stage.port).close


async def _served(stage: Stage, serve: Callable[..., Awaitable[None]]) -> Undo:
    await stage.close()
    return (await asyncio.start_server(serve, "127.0.0.1", stage.port)).close


async def _late_stage(stage: Stage, authority: Authority) -> Undo:
    port = stage.port
    await stage.close()
    await stage.open(authority.context())
    return (await asyncio.start_server(partial(_late, to=stage.port), "127.0.0.1", port)).close


async def _deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def _rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(5)
    writer.transport.abort()


async def _late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: int) -> None:
    """Forward everything to local port *to*, after an initial delay of one second."""
    await asyncio.sleep(1.0)
    try:
        further_in, further_out = await asyncio.open_connection("127.0.0.1", to)
    except OSError:  # the stage is closed by now
        writer.close()
        return
    await asyncio.gather(_pipe(reader, further_out), _pipe(further_in, writer))


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


def _only_old(context: ssl.SSLContext) -> ssl.SSLContext:
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context
