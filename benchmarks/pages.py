"""Measure the overview of 500 and 1,000 websites, compared with issue 6's figures and with an empty page.

Each page has its own server and they are visited in turns, so that a busy machine slows all alike. Read the ratio
first. ``python -m benchmarks.pages [--runs 7 --seconds 20]``
"""

import argparse
import http.client
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, CDPSession, ViewportSize, sync_playwright

from benchmarks._ending import cleaned_up
from benchmarks._pages import answering, cpu_seconds, serving
from benchmarks.chromium import launch
from benchmarks.waterfall import PAINTED, metrics
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN, sign_in
from tests.e2e.server import Server

SIZE: ViewportSize = {"width": 1440, "height": 900}
EMPTY = "document.querySelector('.ww-empty h1')"
FULL = "document.querySelectorAll('.wl-row:not(.wl-head)').length > 10"
KUMA = {"painted": "10.5 s", "bytes": "9.4 MB", "cpu": "5.2 s", "heap": "185 MB"}
"""Uptime Kuma 2.5 with 500 websites according to issue 6; this benchmark does not run it."""


@cleaned_up()
def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=20, help="for which a page is kept open")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="watchwright-bench-")))
        port = stack.enter_context(answering())
        empty, half, full = (
            stack.enter_context(serving(folder / str(websites), websites, port=port)) for websites in (0, 500, 1_000)
        )
        browser = launch(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        warm_up(browser, half)
        visits(browser, half, given.runs)
        wire(full, given.runs)
        navigation(browser, {"the same frame, empty": (empty, EMPTY), "1,000 websites": (full, FULL)}, given.runs)
        live(browser, full, given.seconds)


def warm_up(browser: Browser, server: Server) -> None:
    """Visit once, because a server compresses its scripts for its first visitor."""
    context = browser.new_context(viewport=SIZE)
    sign_in(context)
    page = context.new_page()
    page.goto(server.url, wait_until="networkidle")
    context.close()


def visits(browser: Browser, server: Server, runs: int) -> None:
    """Measure 500 websites: time from navigation to paint on first and later visits, and the cost on both sides."""
    context = browser.new_context(viewport=SIZE)
    sign_in(context)
    painted, sent, used, heaps = [], [], [], []
    for _ in range(runs + 1):
        page = context.new_page()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Performance.enable")
        received = _count_bytes(session)
        before = cpu_seconds(server)
        page.goto(server.url, wait_until="commit")
        painted.append(page.evaluate(PAINTED, FULL))
        page.wait_for_load_state("networkidle")
        used.append(cpu_seconds(server) - before)
        sent.append(sum(received))
        heaps.append(metrics(session)["JSHeapUsedSize"])
        page.close()
    context.close()
    print("| overview of 500 websites | Uptime Kuma 2.5 (quoted) | first visit | later visits, median | target |")
    print("| --- | ---: | ---: | ---: | ---: |")
    later = [median(values[1:]) for values in (painted, sent, used, heaps)]
    print(f"| navigation to painted | {KUMA['painted']} | {painted[0]:.0f} ms | {later[0]:.0f} ms | 1,000 ms |")
    print(f"| transferred | {KUMA['bytes']} | {sent[0] / 1e3:.0f} kB | {later[1] / 1e3:.0f} kB | 400 kB |")
    print(f"| the server's CPU | {KUMA['cpu']} | {used[0]:.2f} s | {later[2]:.2f} s | 0.3 s |")
    print(f"| heap of the page | {KUMA['heap']} | {heaps[0] / 1e6:.0f} MB | {later[3] / 1e6:.0f} MB | 60 MB |")


def _count_bytes(session: CDPSession) -> list[int]:
    """Count the transferred bytes from now on, of encoded responses and socket messages."""
    received: list[int] = []
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    session.on("Network.webSocketFrameReceived", lambda event: received.append(len(event["response"]["payloadData"])))
    return received


def wire(server: Server, runs: int) -> None:
    """Measure 1,000 websites: server time and size of the page, compressed as for browsers."""
    times, sizes = [], []
    for _ in range(runs + 2):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.connect()
        began = time.perf_counter()
        headers = {"Accept-Encoding": "gzip", "Cookie": f"{COOKIE}={COOKIE_TOKEN}"}
        connection.request("GET", "/", headers=headers)
        answer = connection.getresponse()
        times.append((time.perf_counter() - began) * 1_000)
        sizes.append(len(answer.read()))
        assert answer.status == 200, answer.status
        connection.close()
    print("\n| overview of 1,000 websites | measured | target |\n| --- | ---: | ---: |")
    print(f"| time to first byte, median (the first one: {times[0]:.0f} ms) | {median(times[2:]):.0f} ms | 30 ms |")
    print(f"| bytes of the page | {median(sizes) / 1_000:.0f} kB | 60 kB |")


def navigation(browser: Browser, pages: dict[str, tuple[Server, str]], runs: int) -> None:
    """Measure the time from navigation to paint with warm caches, each page in every round."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    contexts = {name: browser.new_context(viewport=SIZE) for name in pages}
    for _ in range(runs + 1):
        for name, (server, condition) in pages.items():
            page = contexts[name].new_page()
            sign_in(page.context)
            page.goto(server.url, wait_until="commit")
            times[name].append(page.evaluate(PAINTED, condition))
            page.close()
    middle = {name: median(values[1:]) for name, values in times.items()}
    floor = next(iter(middle.values()))
    print("\n| navigation to painted | median | × the frame | target |\n| --- | ---: | ---: | ---: |")
    for name, value in middle.items():
        print(f"| {name} | {value:.0f} ms | {value / floor:.2f} | {'1.3' if value != floor else ''} |")


def live(browser: Browser, server: Server, seconds: int) -> None:
    """Measure what one check costs an open page: bytes and main thread time; and whether the page grows."""
    page = browser.new_page(viewport=SIZE)
    sign_in(page.context)
    session = page.context.new_cdp_session(page)
    for domain in ("Network", "Performance", "HeapProfiler"):
        session.send(f"{domain}.enable")
    received: list[str] = []
    session.on("Network.webSocketFrameReceived", lambda event: received.append(event["response"]["payloadData"]))
    page.goto(server.url)
    page.wait_for_function(FULL)
    page.wait_for_timeout(seconds * 1_000)
    told = [len(frame) for frame in received if "change" in frame]
    took = page.evaluate(CHANGE, 20)
    page.evaluate(CHANGE, 600)  # creates what only the first check creates
    session.send("HeapProfiler.collectGarbage")
    before = metrics(session)
    page.evaluate(CHANGE, AN_HOUR)
    session.send("HeapProfiler.collectGarbage")
    after = metrics(session)
    print("\n| an open overview of 1,000 websites | measured | target |\n| --- | ---: | ---: |")
    print(f"| a check's message, median of {len(told)} | {median(told):.0f} bytes | 150 bytes |")
    print(f"| main thread until it is drawn, median of {len(took)} | {median(took):.1f} ms | 8 ms |")
    print(f"| DOM nodes | {before['Nodes']:.0f} | (a prototype: 821) |")
    print(f"| heap | {before['JSHeapUsedSize'] / 1e6:.1f} MB | 60 MB |")
    print(f"| heap after {AN_HOUR:,} more checks | {after['JSHeapUsedSize'] / 1e6:.1f} MB | no growth |")
    print(f"| DOM nodes after them | {after['Nodes']:.0f} | no growth |")
    page.close()


AN_HOUR = 3_600 * 2  # checks: two a second
CHANGE = """async (rounds) => {
  const list = [...Array(1000).keys()].map((id) => getElement(id)).find((element) => element?.shown);
  const times = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const at = Math.floor(Date.now() / 1000);
    list.change([], [[1 + round % 300, "u", "UP", 100 + round % 50, null, 10000, 10000, at, null]], []);
    await list.$nextTick();
    document.body.offsetHeight;
    times.push(performance.now() - began);
  }
  return times;
}"""


if __name__ == "__main__":
    main()
