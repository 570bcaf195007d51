"""Reads from a response how its server spent the time (W3C Server Timing). Pure."""

import re

from core.diagnosis.words import ms
from core.phrases import shortened

METRIC = re.compile(r"""([\w!#$%&'*+.^`|~-]+)((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^;,"\s]*))*)""")
PARAMETER = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|([^;,"\s]*))""")
DURATION = re.compile(r"\d{1,9}(\.\d+)?")
WHOLE = ("total", "app", "request", "response", "server", "edge", "origin", "cdn-cache", "cfl4", "all")
"""Names that servers use for the total time, which does not explain anything."""
MIN_SHARE = 0.5  # of the explained time; a shorter part does not explain it
MAX_CHARACTERS = 60  # characters of a description


def main_part(header: str, took_ms: float) -> str | None:
    """Return the part that took most of *took_ms*, such as ``9.0 s of it to db (SELECT orders)``; None without one."""
    found: list[tuple[float, str]] = []
    for name, given in METRIC.findall(header[:4_096]):
        parameters = {key.lower(): quoted or plain for key, quoted, plain in PARAMETER.findall(given)}
        is_timed = DURATION.fullmatch(parameters.get("dur", ""))
        if is_timed and name.lower() not in WHOLE:
            words = shortened(" ".join(parameters.get("desc", "").split()), MAX_CHARACTERS)
            found.append(
                (
                    float(parameters["dur"]),
                    f"{shortened(name, MAX_CHARACTERS)} ({words})" if words else name[:MAX_CHARACTERS],
                )
            )
    longest, name = max(found, default=(0.0, ""))
    return f"{ms(longest)} of it to {name}" if took_ms * MIN_SHARE <= longest <= took_ms * 1.1 else None
