"""A native select, which stays fast with ten thousand options."""

from collections.abc import Iterable

import orjson

from dashboard.components.control import Control


class Select(Control, component="select.js"):
    """Emits ``change`` like any ``<select>``; its property ``value`` is the chosen value."""

    def __init__(self, options: Iterable[tuple[str, str]], value: str | None = None) -> None:
        """*options* are values and labels. If *value* is None, the first is chosen."""
        super().__init__()
        self.classes("ww-select")
        choices = list(options)
        self._props["value"] = value if value is not None or not choices else choices[0][0]
        self.offer(choices)

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        """Replace the options, which are values and labels. The chosen value stays."""
        self.props["options"] = orjson.dumps(list(options)).decode()
