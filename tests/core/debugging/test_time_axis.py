"""All that a session records lies on one axis, whichever clock of the browser's told of it."""

from core.debugging.time_axis import TimeAxis


def test_an_instant_and_its_offset_are_the_same_place() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0)

    assert axis.offset_ms(1_000.25) == 250.0
    assert axis.monotonic(250.0) == 1_000.25


def test_what_took_a_while_to_ask_for_began_that_much_earlier() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0, ago_ms=5_000.0)

    assert 5_000.0 <= axis.now_ms() < 60_000.0
    assert axis.wall_offset_ms(axis.started_at.timestamp() + 1.0) == 1_000.0


def test_a_request_sets_the_browsers_wall_clock_right() -> None:
    axis = TimeAxis()
    axis.start(origin=1_000.0)

    axis.correct_wall(monotonic=1_002.0, wall=500.0)

    assert axis.wall_offset_ms(500.5) == 2_500.0
