"""An input for a logo, which the browser scales down."""

from typing import Any

from nicegui.element import Element


class LogoField(Element, component="logo_field.js"):
    """An input to choose, replace and remove a picture."""

    def __init__(self, picture: str | None) -> None:
        """*picture* is the current one, as a ``data:`` URL."""
        super().__init__()
        self.picture = picture or None
        """The chosen picture as a ``data:`` URL; None for none."""
        self._props["picture"] = picture or ""
        self.on("picture", self._keep)

    def _keep(self, event: Any) -> None:
        self.picture = str(event.args) or None
