"""Set operations on spans of time: union, intersection, difference and seconds by bucket. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[float, float]
"""Start and end in seconds since 1970. Empty spans are ignored."""


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the time that *spans* cover, as ordered spans that do not touch."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def intersection(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Return the time that both cover. Arguments and result have the form that `union` returns."""
    common: list[Span] = []
    at_right = 0
    for start, end in left:
        while at_right < len(right) and right[at_right][1] <= start:
            at_right += 1
        later = at_right
        while later < len(right) and right[later][0] < end:
            begin, until = right[later]
            common.append((max(start, begin), min(end, until)))
            later += 1
    return common


def difference(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """Return the time in *left* but not in *right*. Arguments and result have the form that `union` returns."""
    rest: list[Span] = []
    at_right = 0
    for start, end in left:
        begin = start
        while at_right < len(right) and right[at_right][1] <= begin:
            at_right += 1
        later = at_right
        while later < len(right) and right[later][0] < end:
            if right[later][0] > begin:
                rest.append((begin, right[later][0]))
            begin = max(begin, right[later][1])
            later += 1
        if begin < end:
            rest.append((begin, end))
    return rest


def by_bucket(spans: Iterable[Span], edges: Sequence[float]) -> list[float]:
    """Return the seconds of *spans* between each of *edges* and the next; *spans* must be as `union` returns them."""
    seconds = [0.0] * (len(edges) - 1)
    for start, end in spans:
        begin = max(start, edges[0])
        bucket = bisect_right(edges, begin) - 1
        while begin < end and bucket < len(seconds):
            until = min(end, edges[bucket + 1])
            seconds[bucket] += until - begin
            begin = until
            bucket += 1
    return seconds
