"""Frames ever sparser, so that a page of any length leaves a bounded strip."""

from core.debugging.filmstrip import FRAMES_KEPT, spacing_seconds


def test_frames_are_dense_at_first_and_sparser_later() -> None:
    assert [spacing_seconds(count) for count in (0, 14, 15, 30, 60)] == [0.1, 0.1, 0.2, 0.4, 1.6]


def test_all_frames_together_cover_the_load_of_a_slow_page() -> None:
    assert 40 < sum(spacing_seconds(count) for count in range(FRAMES_KEPT)) < 60
