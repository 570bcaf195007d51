"""Finds scripts that kept a page from responding: their long tasks block the browser's main thread. Pure."""

from collections.abc import Iterator

from core.debugging.compare import normalise
from core.debugging.long_tasks import SOURCE, BusyScript
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import ms, short

SLOW_MS, SLOWER_FACTOR = 1_500.0, 4.0  # visitors notice it; a machine that is short of CPU explains less
MEASURED = "total_blocking_time"  # a good session without this milestone measured no long tasks


def main_thread(evidence: Evidence) -> Iterator[Finding]:
    """Report the script whose long tasks grew most since the last good session."""
    session, good = evidence.session, evidence.good_page
    grown = grown_scripts(evidence)
    if session is None or not grown:
        return
    is_measured = good is not None and MEASURED in good.milestones
    busy, usual_ms = max(grown, key=lambda pair: pair[0].busy_ms - pair[1])
    # A check runs no scripts, so a busy page does not explain why it failed.
    is_cause = is_measured and evidence.check is None
    yield Finding(
        kind=Kind.SLOW_SCRIPT,
        sentence=_sentence(busy, usual_ms if is_measured else None, session),
        confidence=Confidence.LIKELY if is_cause else Confidence.NOTE,
        why=_why(busy, session, is_measured=is_measured),
        rows=session.console_rows(line for line in session.console if line.source == SOURCE and line.url == busy.url),
    )


def grown_scripts(evidence: Evidence) -> list[tuple[BusyScript, float]]:
    """Return the scripts that kept the main thread much longer than in the last good session, with their ms then."""
    session, good = evidence.page, evidence.good_page
    if session is None or session.is_busy:
        return []
    before: dict[str, float] = {}
    for busy in good.busy_scripts if good is not None else ():  # scripts whose names differ by a hash share a key
        before[_key(busy)] = max(before.get(_key(busy), 0.0), busy.busy_ms)
    compared = [(busy, before.get(_key(busy), 0.0)) for busy in session.busy_scripts]
    return [
        (busy, was) for busy, was in compared if busy.busy_ms - was >= SLOW_MS and busy.busy_ms >= was * SLOWER_FACTOR
    ]


def _sentence(busy: BusyScript, usual_ms: float | None, session: SessionFact) -> str:
    function = f" (function {busy.function_name})" if busy.function_name else ""
    what = f"the script {short(busy.url, session.url)}{function}" if busy.url else "style and layout"
    if busy.url in (session.url, session.shown.url if session.shown else None):
        what = f"a script in the page itself{function}"
    known = f"; when it worked, {'it took ' + ms(usual_ms) if usual_ms else 'it took less than 0.5 s'}"
    before = known if usual_ms is not None else ""
    return f"The main thread was busy for {ms(busy.busy_ms)} with {what}, so the page could not respond{before}."


def _why(busy: BusyScript, session: SessionFact, *, is_measured: bool) -> str:
    tasks = (
        "one long task"
        if busy.count == 1
        else f"{busy.count} long tasks, of which the longest took {ms(busy.longest_ms)}"
    )
    began = f"The browser measured {tasks}. The longest began {ms(busy.longest_at_ms)} after the start. "
    blocking = session.milestones.get(MEASURED)
    total = f"In all, long tasks blocked the page for {ms(blocking)}. " if blocking is not None else ""
    return began + total + ("" if is_measured else "No good session with this measurement exists to compare with.")


def _key(busy: BusyScript) -> str:
    return normalise(busy.url) if busy.url else ""
