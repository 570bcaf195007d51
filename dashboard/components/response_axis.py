"""The axis of response times, with round steps in the unit of the highest value. Pure."""

import math
from typing import Any

STEPS = 5  # at most, below the highest value
ROUND = (1.0, 2.0, 5.0, 10.0)


def response_axis(highest_ms: float | None) -> dict[str, Any]:
    """Return Plotly's ``yaxis`` up to *highest_ms*; without labels if that is None.

    It is equal for all values with the same step, so that a chart to which points are added is not redrawn.
    """
    step = _step((highest_ms or 0) / STEPS)
    values = [step * number for number in range(STEPS + 2)]  # Plotly leaves some space above the highest value
    is_seconds = values[-2] > 1_000
    return {
        "rangemode": "tozero",
        "tickvals": values,
        "ticktext": [_label(value, step, is_seconds) for value in values],
        "showticklabels": highest_ms is not None,
        "zeroline": False,
        "fixedrange": True,
        "gridcolor": "$hairline",
    }


def _step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20 … that is at least *least*."""
    power = 10.0 ** math.floor(math.log10(max(least, 0.1)))
    return float(next(power * round_number for round_number in ROUND if power * round_number >= least))


def _label(value_ms: float, step_ms: float, is_seconds: bool) -> str:
    """Return the label with as many decimals as the step needs, so that all labels have the same number."""
    value, step, unit = (value_ms / 1_000, step_ms / 1_000, "s") if is_seconds else (value_ms, step_ms, "ms")
    return f"{value:,.{1 if step < 1 else 0}f} {unit}" if value else f"0 {unit}"
