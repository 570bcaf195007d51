"""Stores response times compactly, so that sketches of any span can be added and give percentiles. Pure.

This is DDSketch (Masson, Rim, Lee: VLDB 2019). It counts values in bins whose width grows with the value, so that a
percentile has a relative error of at most `ACCURACY`. Bin bounds come from Datadog's library. Its wire format takes
1 kB for a single value, so this module has its own.
"""

import math
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from ddsketch.mapping import LogarithmicMapping

ACCURACY = 0.005
"""The largest relative error of a percentile."""
MIN_MS = 0.001  # lower bound of values, because the logarithm of zero is undefined

LONE = struct.Struct("<chB")
"""The format of a packed sketch with one bin and a count below 256, recognised by its length."""

Sketch = Counter[int]
"""The number of values in each bin, by bin number."""

_bins = LogarithmicMapping(ACCURACY)
_key = _bins.key


def of(values: Iterable[float]) -> Sketch:
    """Return the sketch of these values in milliseconds."""
    return Counter(_key(max(value, MIN_MS)) for value in values)


def note(sketch: Sketch, value: float) -> None:
    """Add *value* to *sketch*."""
    key = _key(max(value, MIN_MS))
    sketch[key] = sketch.get(key, 0) + 1


def quantile(sketch: Mapping[int, int], share: float) -> float | None:
    """Return the smallest value that *share* of all values do not exceed, within `ACCURACY`; None if empty."""
    rank = max(math.ceil(share * sum(sketch.values())), 1)
    for key in sorted(sketch):
        rank -= sketch[key]
        if rank <= 0:
            return float(_bins.value(key))
    return None


def pack(sketch: Mapping[int, int]) -> bytes:
    """Return *sketch* encoded with three bytes per bin, or more if a bin counts more than 255."""
    most = max(sketch.values(), default=0)
    width = "B" if most < 1 << 8 else "H" if most < 1 << 16 else "I"
    keys = sorted(sketch)
    counts = [sketch[key] for key in keys]
    return width.encode() + struct.pack(f"<{len(keys)}h{len(keys)}{width}", *keys, *counts)


def add(sketch: Sketch, packed: bytes) -> None:
    """Add an encoded sketch to *sketch*."""
    if len(packed) == LONE.size:  # fast path: most minutes hold one check, and a chart of a week reads 10,000 minutes
        _, key, count = LONE.unpack(packed)
        sketch[key] = sketch.get(key, 0) + count
        return
    layout, bins = _layout(packed[0], len(packed))
    numbers = layout.unpack_from(packed, 1)
    known = sketch.get
    for key, count in zip(numbers[:bins], numbers[bins:], strict=True):  # takes half as long as `Counter.update`
        sketch[key] = known(key, 0) + count


@lru_cache(maxsize=1024)
def _layout(width: int, length: int) -> tuple[struct.Struct, int]:
    letter = chr(width)
    bins = (length - 1) // (2 + struct.calcsize(letter))
    return struct.Struct(f"<{bins}h{bins}{letter}"), bins
