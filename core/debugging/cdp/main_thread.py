"""Asks a page at the end of its visit which scripts kept its main thread busy."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.page_facts import evaluate_apart
from core.debugging.long_tasks import BusyScript
from core.debugging.time_axis import TimeAxis

BUSY_MS = 500.0  # scripts that took less in all are not recorded
MAX_SCRIPTS = 20

# Long animation frames (https://w3c.github.io/long-animation-frames/) take longer than 50 ms and name the scripts that
# ran in them. The browser keeps the first 200. Layout that no script forced has no script, and gets an empty URL.
_LONG_FRAMES = """new Promise(resolve => {
  const scripts = new Map();
  let blocking = 0;
  const count = (url, name, start, duration) => {
    const known = scripts.get(url) ?? {url, function_name: "", longest_at: 0, longest_ms: 0, busy_ms: 0, count: 0};
    known.busy_ms += duration;
    known.count += 1;
    if (duration > known.longest_ms)
      Object.assign(known, {longest_ms: duration, longest_at: performance.timeOrigin + start, function_name: name});
    scripts.set(url, known);
  };
  const result = () => ({blocking_ms: blocking, scripts: [...scripts.values()].filter(one => one.busy_ms >= %d)});
  try {
    new PerformanceObserver(list => {
      for (const frame of list.getEntries()) {
        blocking += frame.blockingDuration;
        for (const script of frame.scripts)
          count(script.sourceURL || location.href, script.sourceFunctionName, script.startTime, script.duration);
        if (frame.styleAndLayoutStart)
          count("", "", frame.styleAndLayoutStart, frame.startTime + frame.duration - frame.styleAndLayoutStart);
      }
      resolve(result());
    }).observe({type: "long-animation-frame", buffered: true});
    setTimeout(() => resolve(result()), 100);
  } catch { resolve(null); }
})"""

_Milliseconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Script(BaseModel):
    url: str
    function_name: str
    longest_at: _Milliseconds
    longest_ms: _Milliseconds
    busy_ms: _Milliseconds
    count: Annotated[int, Field(ge=1)]


class _LongFrames(BaseModel):
    blocking_ms: _Milliseconds
    scripts: list[_Script]


@dataclass(frozen=True, slots=True, kw_only=True)
class MainThread:
    """What kept the main thread of a page busy."""

    total_blocking_ms: float
    """The time of long tasks beyond 50 ms each (https://web.dev/articles/tbt)."""
    scripts: list[BusyScript]
    """The scripts that kept it busy for at least `BUSY_MS`, the busiest first."""


async def main_thread_of(page: CdpSession, axis: TimeAxis) -> MainThread | None:
    """Return what kept the page's main thread busy; None if the page does not answer or the browser cannot tell."""
    try:
        frames = _LongFrames.model_validate(await evaluate_apart(page, _LONG_FRAMES % BUSY_MS))
    except ValidationError:  # without an answer, or from a browser that cannot tell
        return None
    busiest = sorted(frames.scripts, key=lambda script: -script.busy_ms)[:MAX_SCRIPTS]
    return MainThread(
        total_blocking_ms=round(frames.blocking_ms, 1), scripts=[_busy(script, axis) for script in busiest]
    )


def _busy(script: _Script, axis: TimeAxis) -> BusyScript:
    return BusyScript(
        url=script.url or None,
        function_name=script.function_name,
        longest_at_ms=axis.wall_offset_ms(script.longest_at / 1000),
        longest_ms=script.longest_ms,
        busy_ms=script.busy_ms,
        count=script.count,
    )
