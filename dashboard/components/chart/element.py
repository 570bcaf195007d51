"""A Plotly chart as a NiceGUI element: drawn from a dict figure, then extended rather than drawn anew.

A colour in a figure is a name of `dashboard.theme` after a dollar sign, with its opacity in percent where it is not
whole: ``$accent``, ``$down/16``. The browser puts the colour of the reader's theme in its place.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from nicegui import json, ui
from nicegui.dependencies import register_esm
from nicegui.element import Element
from nicegui.events import GenericEventArguments

BUNDLE = Path(__file__).parent / "plotly"
register_esm("watchwright-plotly", BUNDLE, max_time=max(path.stat().st_mtime for path in (BUNDLE, *BUNDLE.iterdir())))

CLICKED = "(event) => emit(event.points.map((point) => point.customdata).find((id) => id != null) ?? null)"

Zoom = Callable[[str, str], Awaitable[None]]


class Chart(Element, component="chart.js"):
    """One chart of a fixed height; its skeleton stands until Plotly is there."""

    def __init__(
        self,
        figure: dict[str, Any],
        label: str,
        *,
        on_open: Callable[[int], None] | None = None,
        on_zoom: Zoom | None = None,
        on_reset: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Args:
        figure: ``data`` and ``layout``, which gives the ``height``.
        label: What it shows, to who cannot see it.
        on_open: Called with the ``customdata`` of a mark that is clicked.
        on_zoom: Called with both ends of the time axis, as its digits, when the reader drags over a part of it.
        on_reset: Called at a double click.
        """
        super().__init__()
        self.figure = figure
        self._props["figure"] = json.dumps(figure)  # else NiceGUI would watch each number of it for changes
        self._props["label"] = label
        self._props["height"] = figure["layout"]["height"]
        if on_open is not None:
            self.on("plotly_click", _opener(on_open), js_handler=CLICKED)
        if on_zoom is not None:
            self.on("zoom", _zoomer(on_zoom))
        if on_reset is not None:
            self.on("reset", lambda _event: on_reset())

    def draw(self, figure: dict[str, Any], label: str) -> None:
        """Show another figure."""
        self.figure = figure
        self.run_method("draw", figure, label)

    def extend(self, patch: dict[str, Any]) -> None:
        """Change the end of its series and what of its layout moves with the time; see `extension`."""
        self.run_method("extend", patch)

    def wait(self, is_waiting: bool) -> None:
        """Show that another figure is on its way."""
        self.run_method("wait", is_waiting)


def preload() -> None:
    """Let the browser fetch Plotly while the page is still being read, and run it only when a chart wants it."""
    ui.add_head_html(PRELOAD)


PRELOAD = """<script>
for (const file of ["index.js", "plotly-basic.min.js"]) {
  const { imports } = JSON.parse(document.querySelector("script[type=importmap]").textContent);
  const href = imports["watchwright-plotly/"] + file;
  document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}
</script>"""


def _opener(on_open: Callable[[int], None]) -> Callable[[GenericEventArguments], None]:
    def opened(event: GenericEventArguments) -> None:
        if isinstance(event.args, int):
            on_open(event.args)

    return opened


def _zoomer(on_zoom: Zoom) -> Callable[[GenericEventArguments], Awaitable[None]]:
    async def zoomed(event: GenericEventArguments) -> None:
        since, until = event.args
        await on_zoom(str(since), str(until))

    return zoomed
