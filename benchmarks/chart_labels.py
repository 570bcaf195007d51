"""A website's page whose chart moves on without pause: whether what it holds has an end.

``python -m benchmarks.chart_labels [--updates 2400 --every 200]`` moves the chart of the last hour in the browser, as
a check would, many hours' worth in minutes, and collects the garbage before it reads the heap.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks._pages import answering, serving
from benchmarks.chromium import launch
from benchmarks.endurance import CHART, Watched

WEBSITES = 5
AT_ONCE = 20  # updates between two pauses, in which the page answers its server
POINTS = 600  # that the chart holds when it is full
MOVE = """([updates, points]) => {
  const chart = getElement(Number(document.querySelector(".ww-chart").id.slice(1)));
  const { data, layout } = chart.current;
  const drawn = data.map((_, index) => index).filter((index) => data[index].x?.length && data[index].type !== "bar");
  const later = (time) => new Date(Date.parse(`${time.slice(0, 19)}Z`) + 6000).toISOString().slice(0, 23);
  for (let update = 0; update < updates; update++) {
    const { length } = data[drawn[0]].x, drop = length > points ? 1 : 0;
    const range = layout.xaxis.range.map(later);
    const series = Object.fromEntries(drawn.map((index) => [index, { y: [20 + Math.random() * 100] }]));
    for (const index of drawn) if (Array.isArray(data[index].text)) series[index].text = [""];
    chart.extend({ drop, keep: length - drop, x: [range[1]], series, layout: { xaxis: { range } } });
  }
  return data[drawn[0]].x.length;
}"""


def main() -> None:
    """Print one table, a row of it for each so many updates."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chart_labels", description=__doc__)
    parser.add_argument("--updates", type=int, default=2_400)
    parser.add_argument("--every", type=int, default=200)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder,
        answering() as port,
        serving(Path(folder) / "few", WEBSITES, port=port, checked=WEBSITES) as server,
        sync_playwright() as playwright,
    ):
        browser = launch(playwright)
        watched = Watched(browser, f"{server.url}/websites/1?range=1h", CHART)
        print("| updates | points | heap | DOM nodes |\n| ---: | ---: | ---: | ---: |")
        for done in range(AT_ONCE, given.updates + 1, AT_ONCE):
            points = watched.page.evaluate(MOVE, [AT_ONCE, POINTS])
            if done % given.every == 0:
                held = watched.held(server)
                print(f"| {done:,} | {points} | {held.heap_bytes / 1e6:.1f} MB | {held.nodes:,.0f} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
