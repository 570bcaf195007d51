"""Choosing a picture, which the browser makes small."""

from typing import Any

from nicegui.element import Element


class LogoField(Element, component="logo_field.js"):
    """A picture to choose, to change and to take away."""

    def __init__(self, picture: str | None) -> None:
        """*picture* is the one that is there, as a ``data:`` URL."""
        super().__init__()
        self.picture = picture or None
        """What is chosen, as a ``data:`` URL; None for no picture."""
        self._props["picture"] = picture or ""
        self.on("picture", self._keep)

    def _keep(self, event: Any) -> None:
        self.picture = str(event.args) or None
