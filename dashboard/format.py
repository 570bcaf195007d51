"""Formats durations, milliseconds and shares. Formats times only where the reader's browser cannot."""

from datetime import datetime, tzinfo

from core.clock import utc_now


def duration(seconds: float) -> str:
    """Return a span in its two largest units: ``45 s``, ``3 min 20 s``, ``2 h 5 min``, ``3 d 4 h``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return _two_units(whole, 60, "min", 1, "s")
    if whole < 86_400:
        return _two_units(whole, 3_600, "h", 60, "min")
    return _two_units(whole, 86_400, "d", 3_600, "h")


def _two_units(whole: int, size: int, unit: str, part_size: int, part: str) -> str:
    rest = whole % size // part_size
    return f"{whole // size} {unit}" + (f" {rest} {part}" if rest else "")


def milliseconds(value: float | None) -> str:
    """Return ``0.4 ms``, ``187 ms`` or ``1.24 s``; a dash if nothing was measured."""
    if value is None:
        return "–"
    if value < 10:
        return f"{value:.1f} ms"
    if value < 1_000:
        return f"{value:.0f} ms"
    return f"{value / 1_000:.2f} s"


def percentage(share: float | None) -> str:
    """Return a share of 0 to 1 in per cent with 2 decimals, never rounded up to 100: ``99.95``; a dash for no data."""
    if share is None:
        return "–"
    if share >= 1:
        return "100"
    return f"{int(share * 10_000) / 100:.2f}"


def coverage(share: float) -> str:
    """Return how much of a span is known: ``87% known``; a tiny share is not rounded down to nothing."""
    if share <= 0:
        return "nothing known"
    if share < 0.01:
        return "<1% known"
    return "all of it known" if share >= 0.995 else f"{share * 100:.0f}% known"


def local(moment: datetime, zone: tzinfo) -> str:
    """Return ``24 Nov, 02:49:14`` in *zone*, as pages write it, with the year unless it is the current one."""
    at = moment.astimezone(zone)
    year = "" if at.year == utc_now().astimezone(zone).year else f" {at.year}"
    return f"{at.day} {at:%b}{year}, {at:%H:%M:%S}"
