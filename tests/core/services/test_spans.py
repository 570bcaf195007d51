"""Set operations on spans match counting second by second."""

from hypothesis import given
from hypothesis import strategies as st

from core.services.spans import Span, by_bucket, difference, intersection, union

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (float(pair[0]), float(pair[1]))))


def _seconds(spans: list[Span]) -> set[int]:
    return {second for start, end in spans for second in range(int(start), int(end))}


@given(SPANS, SPANS)
def test_spans_behave_as_sets_of_seconds(left: list[Span], right: list[Span]) -> None:
    one, other = union(left), union(right)

    assert _seconds(one) == _seconds(left)
    assert _seconds(intersection(one, other)) == _seconds(left) & _seconds(right)
    assert _seconds(difference(one, other)) == _seconds(left) - _seconds(right)
    for result in (one, intersection(one, other), difference(one, other)):
        assert all(start < end for start, end in result)
        assert result == sorted(result)


def test_touching_spans_are_merged() -> None:
    assert union([(5.0, 9.0), (0.0, 5.0), (3.0, 3.0)]) == [(0.0, 9.0)]


def test_seconds_by_bucket_are_cut_at_the_edges() -> None:
    assert by_bucket([(-5, 1), (8, 22), (29, 40)], [0, 10, 20, 30]) == [3, 10, 3]
