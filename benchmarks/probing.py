"""Compare the cost of a probe with Prometheus' blackbox_exporter, and measure how exact its phases are, on loopback.

``python -m benchmarks.probing [--checks 1000] [--rounds 2]`` needs blackbox_exporter on PATH for the comparison
(Debian: apt-get install prometheus-blackbox-exporter), and says so if it is missing.

CPU time is that of the probing process, for checks that start evenly or in groups of five, as the monitor starts them.
The exporter gets the same load, in turns. Phases are compared with a normal check of the same server, after 50 ms were
added to one of them.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import certifi
import httpx

from benchmarks._ending import cleaned_up
from core.monitoring.probe import Prober, ProbeTarget
from core.workers.agenda import BATCH_SIZE
from core.workers.monitor import GAP_SECONDS
from tests.sites.certificate import self_signed

T = TypeVar("T")

PACES = ((100, 1), (100, BATCH_SIZE), (1_000, BATCH_SIZE))
"""Pairs of checks per second, and checks that start at the same moment."""
WARM_UP = 50
DELAY_SECONDS = 0.05
PHASES = ("dns_ms", "connect_ms", "tls_ms", "ttfb_ms", "download_ms")
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n" + b"x" * 1_000
)
BUSY = """import asyncio, json
async def draw():
    while True:
        json.dumps(list(range(20_000)))
        await asyncio.sleep(0)
asyncio.run(draw())
"""
EXPORTERS = ("prometheus-blackbox-exporter", "blackbox_exporter")


@cleaned_up()
def main(checks: int, rounds: int) -> None:
    """Measure, and print the tables."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (ports, environment):
        http, https = f"http://127.0.0.1:{ports[0]}/", f"https://localhost:{ports[1]}/"
        _print_costs(Path(folder), environment, {"HTTP": http, "HTTPS": https}, checks, rounds)
        slow = {
            "DNS": (https, True, "dns_ms"),
            "TLS handshake": (f"https://localhost:{ports[2]}/", False, "tls_ms"),
            "first byte": (f"{https}slow", False, "ttfb_ms"),
        }
        _print_phases(environment, https, slow)
        _print_company(environment, http)


def _print_costs(folder: Path, environment: dict[str, str], urls: dict[str, str], checks: int, rounds: int) -> None:
    print(f"CPU-s per 1,000 checks ({checks:,} a round, median of {rounds} rounds)\n")
    print("| checks | Watchwright's prober | blackbox_exporter | ratio |\n| --- | --- | --- | --- |")
    with _exporter(folder, environment) as exporter:
        for kind, url in urls.items():
            for pace, together in PACES:
                ours, theirs = [], []
                for _round in range(rounds):
                    ours.append(_measured(environment, url, checks, pace, together)["cpu"] / checks * 1_000)
                    if exporter:
                        asked = _ask_exporter(*exporter, url, checks, pace, together)
                        theirs.append(asyncio.run(asked) / checks * 1_000)
                us, them = median(ours), median(theirs) if theirs else float("nan")
                how = f"{pace:,} a second" + (f", {together} at a time" if together > 1 else "")
                print(f"| {kind}, {how} | {us:.2f} | {them:.2f} | {us / them:.2f} |", flush=True)


def _print_phases(environment: dict[str, str], url: str, slow: dict[str, tuple[str, bool, str]]) -> None:
    plain = _measured(environment, url, 200)
    print(f"\nMedian phases in ms, {DELAY_SECONDS * 1_000:.0f} ms added to one of them: what is more than without\n")
    print(f"| added to | {' | '.join(name.removesuffix('_ms') for name in PHASES)} |\n|{' --- |' * (len(PHASES) + 1)}")
    for name, (slow_url, is_dns_slow, _phase) in slow.items():
        found = _measured(environment, slow_url, 200, is_dns_slow=is_dns_slow)
        print(f"| {name} | {' | '.join(f'{found[phase] - plain[phase]:+.1f}' for phase in PHASES)} |")


def _print_company(environment: dict[str, str], url: str) -> None:
    """Measure how another busy process, such as a dashboard at its limit, affects the figures."""
    alone, beside = [], []
    for _round in range(3):
        alone.append(_measured(environment, url, 300)["total_ms"])
        with _busy_loop():
            beside.append(_measured(environment, url, 300)["total_ms"])
    print(f"\nMedian response time: {median(alone):.2f} ms alone, {median(beside):.2f} ms beside a busy event loop")


def _measured(
    environment: dict[str, str],
    url: str,
    checks: int,
    pace: int = 100,
    together: int = 1,
    *,
    is_dns_slow: bool = False,
) -> dict[str, float]:
    """Run a prober in its own process; return its CPU seconds (``cpu``) and medians in ms."""
    command = [sys.executable, "-m", "benchmarks.probing", "--probe", url, "--checks", str(checks), "--pace", str(pace)]
    command += ["--together", str(together)]
    done = subprocess.run(
        [*command, *(["--slow-dns"] if is_dns_slow else [])],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


async def _probe(url: str, checks: int, pace: int, together: int) -> None:
    target = ProbeTarget(url=url)
    async with Prober(gap_seconds=GAP_SECONDS) as prober:
        await asyncio.gather(*[prober.probe(target) for _ in range(WARM_UP)])
        before = time.process_time()
        results = await _paced(lambda: prober.probe(target), checks, pace, together)
        cpu = time.process_time() - before
    failed = [result.error for result in results if result.error]
    assert not failed, failed[0]
    medians = {phase: median(getattr(result, phase) or 0.0 for result in results) for phase in PHASES}
    print(json.dumps({"cpu": cpu, "total_ms": median(r.response_time_ms for r in results), **medians}))


async def _paced(start: Callable[[], Coroutine[Any, Any, T]], checks: int, pace: int, together: int) -> list[T]:
    """Run *start* *checks* times, *pace* per second in groups of *together*, and return the results."""
    loop, began, running = asyncio.get_running_loop(), time.monotonic(), []
    for number in range(checks):
        await asyncio.sleep(max(began + number // together * together / pace - time.monotonic(), 0))
        running.append(loop.create_task(start()))
    return await asyncio.gather(*running)


@contextmanager
def _exporter(folder: Path, environment: dict[str, str]) -> Iterator[tuple[int, str] | None]:
    """Run the exporter, and yield its process id and URL; prints a note and yields None if it is missing."""
    program = next(filter(None, map(shutil.which, EXPORTERS)), None)
    if program is None:
        print("blackbox_exporter is not on PATH, so nothing is compared with it.\n")
        yield None
        return
    config = folder / "blackbox.yml"
    config.write_text("modules:\n  http_2xx:\n    prober: http\n    http:\n      preferred_ip_protocol: ip4\n")
    port = _free_port()
    arguments = [f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with subprocess.Popen([program, *arguments], env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url)
            yield process.pid, url
        finally:
            process.terminate()


async def _ask_exporter(pid: int, exporter: str, url: str, checks: int, pace: int, together: int) -> float:  # noqa: PLR0917
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=50)) as client:

        async def ask() -> None:
            answer = await client.get(f"{exporter}/probe", params={"target": url, "module": "http_2xx"})
            assert "probe_success 1" in answer.text, answer.text

        await asyncio.gather(*[ask() for _ in range(WARM_UP)])
        before = _cpu_seconds(pid)
        await _paced(ask, checks, pace, together)
        return _cpu_seconds(pid) - before


def _cpu_seconds(pid: int) -> float:
    """Return the user and system CPU seconds of a process, from proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _busy_loop() -> Iterator[None]:
    """Run another process whose event loop is never idle, like a dashboard that renders page after page."""
    with subprocess.Popen([sys.executable, "-c", BUSY]) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def _server(folder: Path) -> Iterator[tuple[list[int], dict[str, str]]]:
    """Run a server; yield its ports for HTTP, HTTPS and slow handshakes, and an environment that trusts it."""
    command = [sys.executable, "-m", "benchmarks.probing", "--serve", str(folder / "authority.pem")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ports = json.loads(process.stdout.readline())
            bundle = folder / "bundle.pem"  # as long as a real one, so that parsing it for each check would be visible
            bundle.write_text(Path(certifi.where()).read_text() + (folder / "authority.pem").read_text())
            yield ports, os.environ | {"SSL_CERT_FILE": str(bundle)}
        finally:
            process.kill()


async def _serve(authority: Path) -> None:
    tls = self_signed()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            head = await reader.readuntil(b"\r\n\r\n")
            if b" /slow " in head:
                await asyncio.sleep(DELAY_SECONDS)
            writer.write(ANSWER)
            await writer.drain()
        writer.close()

    async def shake_hands_late(connection: socket.socket) -> None:
        # Otherwise the response may wait 40 ms for the acknowledgement of the preceding TLS data (Nagle's algorithm).
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.sleep(DELAY_SECONDS)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        with suppress(ConnectionError, ssl.SSLError):
            await loop.connect_accepted_socket(lambda: asyncio.StreamReaderProtocol(reader, plain), connection, ssl=tls)

    async def accept_slowly(listener: socket.socket, group: asyncio.TaskGroup) -> None:
        while True:
            connection, _address = await asyncio.get_running_loop().sock_accept(listener)
            group.create_task(shake_hands_late(connection))

    servers = [
        await asyncio.start_server(plain, "127.0.0.1", 0),
        await asyncio.start_server(plain, "127.0.0.1", 0, ssl=tls),
    ]
    slow = socket.create_server(("127.0.0.1", 0), backlog=512)
    slow.setblocking(False)
    ports = [listener.getsockname()[1] for listener in (*(server.sockets[0] for server in servers), slow)]
    pem = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", ports[1]))
    await asyncio.to_thread(authority.write_text, pem)
    print(json.dumps(ports), flush=True)
    async with asyncio.TaskGroup() as group:
        await accept_slowly(slow, group)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_for(url: str) -> None:
    for _attempt in range(100):
        with suppress(httpx.TransportError):
            httpx.get(url)
            return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing answers at {url}.")


def _slow_down_dns() -> None:
    resolve = socket.getaddrinfo

    def slowly(*given: Any, **named: Any) -> Any:
        time.sleep(DELAY_SECONDS)
        return resolve(*given, **named)

    socket.getaddrinfo = slowly


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=2)
    for part in ("--probe", "--serve"):
        parser.add_argument(part, help=argparse.SUPPRESS)
    parser.add_argument("--pace", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--together", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--slow-dns", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(_serve(Path(given.serve)))
    elif given.probe:
        if given.slow_dns:
            _slow_down_dns()
        asyncio.run(_probe(given.probe, given.checks, given.pace, given.together))
    else:
        main(given.checks, given.rounds)
