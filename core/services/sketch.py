"""Response times in little room, so that percentiles of any stretch of time are had by adding sketches up. Pure.

The sketch is DDSketch (Masson, Rim, Lee: VLDB 2019): values are counted in bins whose width grows with the value, so
that a percentile is right within `ACCURACY` of itself, in whatever order sketches are added. The bins' bounds are
those of Datadog's library; its wire format takes 1 kB for a single value, so that we have our own.
"""

import math
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ddsketch.mapping import LogarithmicMapping

ACCURACY = 0.005
"""By which share of itself a percentile may be off."""
LEAST_MS = 0.001  # what is quicker counts as this: a logarithm has no zero

LONE = struct.Struct("<chB")
"""A packed sketch of one bin that counts less than 256, which no other is as short as."""

Sketch = Counter[int]
"""How many values are in each bin, by the bin's number."""

_bins = LogarithmicMapping(ACCURACY)
_key = _bins.key


def of(values: Iterable[float]) -> Sketch:
    """The sketch of these milliseconds."""
    return Counter(_key(max(value, LEAST_MS)) for value in values)


def note(sketch: Sketch, value: float) -> None:
    """Count *value* in *sketch* as well."""
    key = _key(max(value, LEAST_MS))
    sketch[key] = sketch.get(key, 0) + 1


def quantile(sketch: Mapping[int, int], share: float) -> float | None:
    """The smallest value that *share* of all do not exceed, within `ACCURACY`; None where there is none."""
    rank = max(math.ceil(share * sum(sketch.values())), 1)
    for key in sorted(sketch):
        rank -= sketch[key]
        if rank <= 0:
            return float(_bins.value(key))
    return None


def pack(sketch: Mapping[int, int]) -> bytes:
    """*sketch* in three bytes a bin, or more where a bin counts more than 255."""
    most = max(sketch.values(), default=0)
    width = "B" if most < 1 << 8 else "H" if most < 1 << 16 else "I"
    keys = sorted(sketch)
    counts = [sketch[key] for key in keys]
    return width.encode() + struct.pack(f"<{len(keys)}h{len(keys)}{width}", *keys, *counts)


def add(sketch: Sketch, packed: bytes) -> None:
    """Count in *sketch* what `pack` was given as well."""
    if len(packed) == LONE.size:  # most minutes hold a single check, and a chart of a week 10,000 minutes
        _, key, count = LONE.unpack(packed)
        sketch[key] = sketch.get(key, 0) + count
        return
    keys, counts = _numbers(packed)
    known = sketch.get
    for key, count in zip(keys, counts, strict=True):  # half the time that `Counter.update` takes
        sketch[key] = known(key, 0) + count


def unpack(packed: bytes) -> dict[int, int]:
    """What `pack` was given."""
    return dict(zip(*_numbers(packed), strict=True))


def _numbers(packed: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    layout, bins = _layout(packed[0], len(packed))
    numbers = layout.unpack_from(packed, 1)
    return numbers[:bins], numbers[bins:]


@lru_cache(maxsize=1024)
def _layout(width: int, length: int) -> tuple[struct.Struct, int]:
    letter = chr(width)
    bins = (length - 1) // (2 + struct.calcsize(letter))
    return struct.Struct(f"<{bins}h{bins}{letter}"), bins
