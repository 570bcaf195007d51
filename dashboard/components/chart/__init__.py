"""Plotly charts in the theme's colours."""

from dashboard.components.chart.element import CLICKED, Chart, preload

__all__ = ["CLICKED", "Chart", "preload"]
