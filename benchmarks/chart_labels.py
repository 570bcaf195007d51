"""Measure whether the heap of a website's page stays bounded while its chart keeps moving.

``python -m benchmarks.chart_labels [--updates 2400 --every 200]`` moves the last hour's chart in the browser as checks
would, many hours' worth in minutes, and collects garbage before it reads the heap.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks._ending import cleaned_up
from benchmarks._pages import answering, serving
from benchmarks.chromium import launch
from benchmarks.endurance import CHART, Watched

WEBSITES = 5
UPDATES_PER_PAUSE = 20  # pauses let the page answer its server
POINTS = 600  # points of a full chart
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


@cleaned_up()
def main() -> None:
    """Print one table with a row for every so many updates."""
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
        for done in range(UPDATES_PER_PAUSE, given.updates + 1, UPDATES_PER_PAUSE):
            points = watched.page.evaluate(MOVE, [UPDATES_PER_PAUSE, POINTS])
            if done % given.every == 0:
                held = watched.held(server)
                print(f"| {done:,} | {points} | {held.heap_bytes / 1e6:.1f} MB | {held.nodes:,.0f} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
