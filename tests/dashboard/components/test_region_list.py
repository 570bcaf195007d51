"""The line of a region: scaled to the slowest of all regions, with gaps where nothing was measured."""

from dashboard.components.region_list import HEIGHT, line_svg


def test_a_line_has_gaps_and_single_points_are_dots() -> None:
    svg = line_svg([10, 20, None, 20], top=20)

    assert svg.count("<polyline") == 2
    assert f'points="0.0,{HEIGHT - 2 - (HEIGHT - 4) / 2:.1f} 80.0,2.0"' in svg
    assert 'points="240.0,2.0 241.0,2.0"' in svg


def test_a_region_that_measured_nothing_has_a_base_line_only() -> None:
    assert "<polyline" not in line_svg([None, None], top=0)
    assert "<polyline" not in line_svg([], top=0)
