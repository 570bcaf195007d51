"""Plotly on a page, in the colours of the theme."""

from dashboard.components.chart.element import CLICKED, Chart, preload

__all__ = ["CLICKED", "Chart", "preload"]
