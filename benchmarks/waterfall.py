"""Measure the waterfall in headless Chromium, compared with its targets and with NiceGUI's chart and table.

Runs are interleaved and medians printed, so that a busy machine slows all alike. Read the ratios first.
``python -m benchmarks.waterfall [--runs 5]``
"""

import argparse
import json
import subprocess
import sys
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from benchmarks._ending import cleaned_up
from benchmarks.chromium import launch
from benchmarks.synthetic import exchanges

SIZE: ViewportSize = {"width": 1440, "height": 900}
LIVE_RATE = 200  # events per second
LIVE_ROWS = 1_200  # rows after 12 s at that rate

# Resolves with the time from navigation to the first frame in which the condition is true.
PAINTED = """(condition) => new Promise((resolve) => {
  const holds = new Function('return ' + condition);
  const done = () => setTimeout(() => resolve(performance.now()));
  const look = () => requestAnimationFrame(holds() ? done : look);
  look();
})"""

FRAME = "document.querySelector('.wf.ready .wf-status')"
ROWS = "document.querySelectorAll('.wf.ready .wf-row').length > 20"
TABLE = "document.querySelectorAll('.ag-center-cols-container .ag-row').length > 20"
BARS = "document.querySelectorAll('.point path').length >= 300"


def told(rows: int) -> str:
    """Return the condition that all rows have arrived, including those that are not visible."""
    return f"document.querySelector('.wf-scroll[aria-busy=false]')?.ariaRowCount === '{rows + 1}'"


PAGES = {
    "the frame, no rows": ("/?rows=0", FRAME),
    "300 rows": ("/?rows=300", ROWS),
    "1,000 rows": ("/?rows=1000", ROWS),
    "10,000 rows": ("/?rows=10000", ROWS),
    "10,000 rows, until the last is there": ("/?rows=10000", told(10_000)),
    "300 rows, ui.plotly": ("/plotly?rows=300", BARS),
    "300 rows, ui.aggrid": ("/aggrid?rows=300", TABLE),
    "10,000 rows, ui.aggrid": ("/aggrid?rows=10000", TABLE),
}

SCROLL = """async (selector) => {
  const scroller = document.querySelector(selector);
  const frames = [];
  let last = performance.now();
  const end = scroller.scrollHeight - scroller.clientHeight;
  for (let at = 0; at <= 240; at++) {
    scroller.scrollTop = (end * at) / 240;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
  }
  return frames.slice(1);
}"""

FILTER = """async (text) => {
  const input = document.querySelector('.wf-filter');
  const times = [];
  for (let length = 1; length <= text.length; length++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    const start = performance.now();
    input.value = text.slice(0, length);
    input.dispatchEvent(new InputEvent('input'));
    await new Promise((resolve) => requestAnimationFrame(() => {
      const channel = new MessageChannel(); // its message comes after the frame was painted
      channel.port1.onmessage = resolve;
      channel.port2.postMessage(null);
    }));
    times.push(performance.now() - start);
  }
  return times;
}"""


@cleaned_up()
def main() -> None:
    """Print one table for each target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    command = [sys.executable, "-m", "benchmarks._waterfall_app", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server, sync_playwright() as playwright:
        assert server.stdout
        site = server.stdout.readline().strip()
        browser = launch(playwright)
        try:
            navigation(browser, site, runs)
            scrolling(browser, site)
            filtering(browser, site)
            live(browser, site)
        finally:
            browser.close()
            server.terminate()


def navigation(browser: Browser, site: str, runs: int) -> None:
    """Measure time from navigation to paint with warm caches, each page in every round, and CPU time."""
    times: dict[str, list[float]] = {name: [] for name in PAGES}
    busy: dict[str, list[float]] = {name: [] for name in PAGES}
    context = browser.new_context(viewport=SIZE)
    for _ in range(runs + 1):
        for name, (path, condition) in PAGES.items():
            page = context.new_page()
            session = context.new_cdp_session(page)
            session.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
            session.send("Performance.enable")
            page.goto(site + path, wait_until="commit")
            times[name].append(page.evaluate(PAINTED, condition))
            busy[name].append(metrics(session)["TaskDuration"] * 1_000)
            page.close()
    context.close()
    middle = {name: median(values[1:]) for name, values in times.items()}
    least = {name: min(values[1:]) for name, values in busy.items()}
    floor, least_floor = middle["the frame, no rows"], least["the frame, no rows"]
    print("| navigation to painted | median ms | × the frame | minimum CPU of the main thread, ms | × the frame |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, value in middle.items():
        print(f"| {name} | {value:.0f} | {value / floor:.2f} | {least[name]:.0f} | {least[name] / least_floor:.2f} |")
    print(f"\nui.plotly / ours at 300 rows: {middle['300 rows, ui.plotly'] / middle['300 rows']:.1f}")
    print(f"ui.aggrid / ours at 300 rows: {middle['300 rows, ui.aggrid'] / middle['300 rows']:.1f}")
    print(f"ui.aggrid / ours at 10,000 rows: {middle['10,000 rows, ui.aggrid'] / middle['10,000 rows']:.1f}")
    for name in ("300 rows", "300 rows, ui.plotly", "300 rows, ui.aggrid"):
        print(f"HTML of {name}: {html_bytes(browser, site + PAGES[name][0]) / 1000:.0f} kB")


def html_bytes(browser: Browser, address: str) -> int:
    """Return the size of the page's HTML, uncompressed."""
    page = browser.new_page()
    response = page.goto(address)
    assert response
    size = len(response.body())
    page.close()
    return size


def scrolling(browser: Browser, site: str) -> None:
    """Measure the length of frames while 10,000 rows scroll from top to bottom, and of an empty loop of frames."""
    print("\n| scrolling 10,000 rows | median ms | p95 | longest |\n| --- | ---: | ---: | ---: |")
    for name, path, selector in (
        ("ours", "/?rows=10000", ".wf-scroll"),
        ("ui.aggrid", "/aggrid?rows=10000", ".ag-body-viewport"),
    ):
        page = opened(browser, site + path, told(10_000) if name == "ours" else TABLE)
        frames = sorted(page.evaluate(SCROLL, selector))
        print(f"| {name} | {median(frames):.1f} | {frames[int(len(frames) * 0.95)]:.1f} | {frames[-1]:.1f} |")
        page.close()


def filtering(browser: Browser, site: str) -> None:
    """Measure the time from keystroke to paint for each letter of a few filters."""
    page = opened(browser, f"{site}/?rows=10000", told(10_000))
    times = [
        time
        for text in ("checkout", "status:>=400", "domain:*.example.com", "/car.*js$/")
        for time in page.evaluate(FILTER, text)
    ]
    times.sort()
    print(f"\nfilter on 10,000 rows, keystroke to painted: median {median(times):.1f} ms, ", end="")
    print(f"p95 {times[int(len(times) * 0.95)]:.1f} ms, longest {times[-1]:.1f} ms over {len(times)} keystrokes")
    page.close()


def live(browser: Browser, site: str) -> None:
    """Measure what a live event costs on the socket and on the browser's main thread."""
    page = browser.new_page(viewport=SIZE)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Performance.enable")
    received: list[str] = []
    session.on("Network.webSocketFrameReceived", lambda event: received.append(event["response"]["payloadData"]))
    page.goto(f"{site}/?rows={LIVE_ROWS}&live={LIVE_RATE}")
    page.wait_for_selector(".wf-row")
    before = metrics(session)
    page.wait_for_timeout(8_000)
    after = metrics(session)
    page.wait_for_function(told(LIVE_ROWS))
    page.wait_for_timeout(1_000)
    busy = (after["TaskDuration"] - before["TaskDuration"]) / (after["Timestamp"] - before["Timestamp"])
    batches = [frame for frame in received if '\\"apply\\"' in frame]
    text = sum(len(json.dumps(exchange.url)) for exchange in exchanges(LIVE_ROWS))
    beyond = (sum(map(len, batches)) - text) / (2 * LIVE_ROWS)
    print(f"\nlive at {LIVE_RATE} events/s: {beyond:.1f} bytes per event beyond the row's own text, ", end="")
    print(f"{2 * LIVE_ROWS / len(batches):.0f} events per message, main thread busy {busy:.0%}")
    page.close()


def metrics(session: CDPSession) -> dict[str, float]:
    """Return Chromium's own counters, in seconds."""
    answer: dict[str, Any] = session.send("Performance.getMetrics")
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}


def opened(browser: Browser, address: str, condition: str) -> Page:
    """Open a page, and return it once *condition* is true and the page is idle."""
    page = browser.new_page(viewport=SIZE)
    page.goto(address)
    page.evaluate(PAINTED, condition)
    page.wait_for_timeout(500)
    return page


if __name__ == "__main__":
    main()
