"""Arithmetic on spans of time: what is in both, what is in one alone, how long it is. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[float, float]
"""From and to, in seconds since 1970; a span of no length is none."""


def union(spans: Iterable[Span]) -> list[Span]:
    """All that *spans* cover, as spans in order that do not touch."""
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
    """What both cover; each must be as `union` makes it, and so is the result."""
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
    """What *left* covers and *right* does not; each must be as `union` makes it, and so is the result."""
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


def length(spans: Iterable[Span]) -> float:
    """Seconds that *spans* cover; they must not overlap."""
    return sum(end - start for start, end in spans)


def by_bucket(spans: Iterable[Span], edges: Sequence[float]) -> list[float]:
    """Seconds of *spans*, which must be as `union` makes them, between each of *edges* and the next one."""
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
