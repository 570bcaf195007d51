"""Layout shifts summed as Web Vitals do."""

from core.debugging.cdp_page import cumulative_layout_shift


def test_shifts_close_together_are_summed() -> None:
    assert cumulative_layout_shift([(0.0, 0.1), (0.5, 0.05), (1.4, 0.05)]) == 0.2


def test_the_worst_window_counts() -> None:
    assert cumulative_layout_shift([(0.0, 0.1), (3.0, 0.15), (3.5, 0.1), (9.0, 0.2)]) == 0.25


def test_a_window_lasts_five_seconds_at_most() -> None:
    shifts = [(second * 0.9, 0.1) for second in range(8)]

    assert cumulative_layout_shift(shifts) == 0.6


def test_without_shifts_it_is_zero() -> None:
    assert cumulative_layout_shift([]) == 0.0
