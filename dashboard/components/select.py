"""A choice of one among a few or ten thousand, as the browser's own list."""

from collections.abc import Iterable

import orjson

from dashboard.components.control import Control


class Select(Control, component="select.js"):
    """Listen to its event ``change`` as to that of any ``<select>``; its property ``value`` is what is chosen."""

    def __init__(self, options: Iterable[tuple[str, str]], value: str | None = None) -> None:
        """*options* are values and their words; the first is chosen where *value* is None."""
        super().__init__()
        self.classes("ww-select")
        told = list(options)
        self._props["value"] = value if value is not None or not told else told[0][0]
        self.offer(told)

    def offer(self, options: Iterable[tuple[str, str]]) -> None:
        """Let these be the options from now on, values and their words; what is chosen stays."""
        self.props["options"] = orjson.dumps(list(options)).decode()
