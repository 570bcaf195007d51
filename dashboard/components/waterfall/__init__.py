"""The waterfall of a debug session: `Waterfall` on the server, `view/` in the browser."""

from dashboard.components.waterfall.details import describe
from dashboard.components.waterfall.element import InitialState, Waterfall, WaterfallHandlers

__all__ = ["InitialState", "Waterfall", "WaterfallHandlers", "describe"]
