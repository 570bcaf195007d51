"""A Plotly chart as a NiceGUI element. It is drawn from a dict figure, and can be extended without redrawing.

A colour in a figure is ``$`` and a name of `dashboard.theme`, optionally with an opacity in percent: ``$accent``,
``$down/16``. The browser replaces it by the colour of the reader's theme.
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
    """One chart of a fixed height. It shows a skeleton until Plotly has loaded."""

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
        figure: ``data`` and ``layout``, which contains the ``height``.
        label: A description for screen readers.
        on_open: Called with the ``customdata`` of a clicked mark.
        on_zoom: Called with both ends of a dragged span, as the axis' digits.
        on_reset: Called at a double click.
        """
        super().__init__()
        self.figure = figure
        self._props["figure"] = json.dumps(figure)  # as text: NiceGUI would make each number reactive
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
        """Apply a patch to the series' end and the layout; see `extension`."""
        self.run_method("extend", patch)

    def wait(self, is_waiting: bool) -> None:
        """Show that another figure is loading."""
        self.run_method("wait", is_waiting)


def preload() -> None:
    """Make the browser fetch Plotly while it parses the page. It runs when a chart needs it."""
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
