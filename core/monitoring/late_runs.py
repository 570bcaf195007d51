"""Stores the runs that result from checks that came late, so that later checks continue them."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.monitoring.replay import RegionalReplay, Replay
from core.services import region_state, website_state
from core.services.region_state import RegionView
from core.services.runs import MAX_COUNTED, Running
from core.services.website_state import State


def keep_runs(db: Session, website_id: int, without: Replay, with_them: Replay) -> None:
    """Store the runs of *with_them*, a replay with the late checks; *without* is the one without them."""
    if isinstance(without, RegionalReplay) and isinstance(with_them, RegionalReplay):
        views = region_state.read(db, [website_id])
        changed = {
            key: _seen_as(view, without.views.get(key[1]), with_them.views.get(key[1])) for key, view in views.items()
        }
        region_state.write(db, {key: view for key, view in changed.items() if view != views[key]})
        return
    state = website_state.read(db, [website_id]).get(website_id)
    if state is not None and with_them.run is not None:
        kept = _run_as(state, without.run, with_them.run)
        if kept != state:
            website_state.write(db, {website_id: kept})


def _seen_as(kept: RegionView, before: RegionView | None, after: RegionView | None) -> RegionView:
    """Return *kept* with the run of *after* if the late checks changed the run of *before*."""
    if after is None or after.checked_at != kept.checked_at:
        return kept
    if before is not None and _since(before) == _since(after):
        more = (after.run_checks or 0) - (before.run_checks or 0) if before.checked_at == kept.checked_at else 0
        counted = None if kept.run_checks is None else min(kept.run_checks + more, MAX_COUNTED)
        return replace(kept, is_down=after.is_down, run_checks=counted)
    return replace(
        kept,
        is_down=after.is_down,
        failing_since=after.failing_since,
        available_since=after.available_since,
        run_checks=after.run_checks,
        run_until=after.run_until,
    )


def _run_as(kept: State, before: Running | None, after: Running) -> State:
    """Return *kept* with the run of *after* if it has the run of *before*; a replay may know only its later part."""
    if not any(_kind(kept)) and not any(_kind(after)):
        return kept  # it was paused since, and neither has a run
    if _kind(kept) != _kind(before) or (before is not None and any(_kind(before)) and _last(kept) != _last(before)):
        return kept  # it was paused since
    if before is not None and _since(before) == _since(after):
        since = _since(kept)
        counted = (kept.run_checks or 0) + (after.run_checks or 0) - (before.run_checks or 0)
    else:
        since, counted = _since(after), after.run_checks or 0
    return kept._replace(
        failing_since=since[0],
        available_since=since[1],
        run_checks=min(counted, MAX_COUNTED) or None,
        run_until=after.run_until if kept.checked_at == after.checked_at else _last(after),
    )


def _since(run: Running) -> tuple[datetime | None, datetime | None]:
    """Return since when the website fails, and since when it is available; one of them is None."""
    return run.failing_since, run.available_since


def _kind(run: Running | None) -> tuple[bool, bool]:
    return run is not None and run.failing_since is not None, run is not None and run.available_since is not None


def _last(run: Running) -> datetime:
    """Return when the run's last check that was not UNKNOWN began."""
    return run.run_until or run.checked_at
