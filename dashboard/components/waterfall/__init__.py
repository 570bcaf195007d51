"""The waterfall of a debug session: `Waterfall` on the server, `view/` in the browser."""

from dashboard.components.waterfall.details import describe
from dashboard.components.waterfall.element import Asked, Waterfall

__all__ = ["Asked", "Waterfall", "describe"]
