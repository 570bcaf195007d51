"""Plotly charts in the theme's colours."""

from dashboard.components.chart.element import Chart, preload

__all__ = ["Chart", "preload"]
