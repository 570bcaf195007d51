"""Stores judged results as checks, with the downtime windows and notifications they cause, in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import HTTPMethod, MonitorStatus
from core.monitoring.announcements import announce_changes
from core.monitoring.check_effect import CheckEffect, effects
from core.monitoring.downtime import CONFIRMATION, Confirmation
from core.monitoring.judged_result import JudgedResult, Recorded
from core.monitoring.late_checks import CurrentChange, rejudge
from core.monitoring.regional import RegionOutcome, apply_votes
from core.monitoring.replay import transition
from core.monitoring.window_batch import WindowBatch
from core.schemas import MonitorCheckCreate
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, coverage, judged_check, pause, website_state
from core.services.coverage_spans import mark_unknown
from core.services.maintenance_window import maintenance
from core.services.monitor_check import StoredCheck
from core.services.pause import Paused
from core.services.spans import Span
from core.services.website_state import Certificate


def record(db: Session, results: Sequence[JudgedResult], confirmation: Confirmation = CONFIRMATION) -> list[Recorded]:
    """Store checks and the downtime windows that they open, extend or close, in a fixed number of statements.

    Results of deleted websites are dropped. Anything that must be committed together with a check, such as its
    notifications, is stored here too.

    Returns:
        The stored checks, in the order in which they began.
    """
    return _record(db, results, _held(db, results), confirmation)


def record_once(
    db: Session, results: Sequence[JudgedResult], confirmation: Confirmation = CONFIRMATION
) -> list[Recorded]:
    """Store results like `record`, but skip those that are stored already.

    A crash may leave a result both in the store and in the spool. If two workers checked the same slot, the check that
    is stored first stays.
    """
    held = _held(db, results)  # lock first, so that the next query sees what other workers have stored
    keys = {(judged.website_id, judged.region, judged.result.started_at): judged for judged in results}
    stored = MonitorCheckCRUD.stored_among(db, list(keys))
    new = [judged for key, judged in keys.items() if key not in stored]
    return _record(db, _of_new_slots(db, new), held, confirmation)


@dataclass(frozen=True, slots=True)
class HeldWebsites:
    """Websites that this transaction has locked: no other worker judges them until it ends."""

    validity: dict[int, timedelta]
    """How long a check of each website stays valid; zero if it is paused since an unknown time."""
    paused: dict[int, list[Paused]]

    def counts(self, check: StoredCheck) -> bool:
        """Return whether *check*, which came late, was made at a time when its website was not paused."""
        paused = self.paused.get(check.website_id, ())
        return bool(self.validity[check.website_id]) and not pause.is_within(paused, check.checked_at)


def _held(db: Session, results: Sequence[JudgedResult]) -> HeldWebsites:
    validity = coverage.validity_of(db, sorted({judged.website_id for judged in results}), is_held=True)
    if not validity:
        return HeldWebsites(validity, {})
    paused = pause.not_over(db, list(validity), since=min(judged.result.started_at for judged in results))
    still = [website_id for website_id in paused if not validity[website_id]]
    return HeldWebsites(validity | (coverage.validity_of(db, still) if still else {}), paused)


def _of_new_slots(db: Session, results: Sequence[JudgedResult]) -> list[JudgedResult]:
    slots = {
        (judged.website_id, judged.region, judged.due_at): judged
        for judged in reversed(results)
        if judged.due_at is not None
    }
    stored = MonitorCheckCRUD.slots_among(db, list(slots))
    firsts = {id(check) for slot, check in slots.items() if slot not in stored}
    return [judged for judged in results if judged.due_at is None or id(judged) in firsts]


def _record(
    db: Session, results: Sequence[JudgedResult], held: HeldWebsites, confirmation: Confirmation
) -> list[Recorded]:
    validity = held.validity
    there = (judged for judged in results if judged.website_id in validity)
    in_order = sorted(there, key=lambda judged: judged.result.started_at)
    windows = WindowBatch(db, list(validity))
    outcome = apply_votes(db, in_order, validity, windows.is_down, confirmation, paused=held.paused)
    stored = _store(db, outcome, held, confirmation)
    judged = _judge_all(db, windows, stored)
    window_ids = windows.store(db)
    _mark_unobserved(db, stored)
    news = _rejudge_late(db, stored, held, confirmation)
    recorded = [_as_stored(check, window_ids, news) for check in judged]
    if recorded:
        latest = {check.website_id: check.checked_at for check in recorded}  # they are in order
        announce_changes(db, recorded, latest, confirmation.flapping_changes)
    return recorded


def _store(
    db: Session,
    outcome: Sequence[tuple[JudgedResult, RegionOutcome | None]],
    held: HeldWebsites,
    confirmation: Confirmation,
) -> list[CheckEffect]:
    """Store the checks and their coverage, and return their effects."""
    checks = MonitorCheckCRUD.insert_many(db, [_check(judged, vote) for judged, vote in outcome])
    before = website_state.read(db, sorted({check.website_id for check in checks}))
    certificates = _certificates([judged for judged, _vote in outcome])
    after = coverage.fold(
        db, checks, validity=held.validity, certificates=certificates, before=before, paused=held.paused
    )
    votes = [vote for _judged, vote in outcome]
    return list(effects(checks, votes, before=before, after=after, validity=held.validity, confirmation=confirmation))


def _judge_all(db: Session, windows: WindowBatch, stored: Sequence[CheckEffect]) -> list[Recorded]:
    """Apply the checks to *windows*, one after the other."""
    for effect in stored:
        if effect.is_set_back:
            _end_future_window(db, effect.check)
    excused = _look_back(db, windows, stored)
    for effect in stored:
        if effect.gap_since is not None:
            windows.set_forward(db, effect.check.website_id, effect.gap_since, effect.check.checked_at)
    return [_judge(windows, effect, excused.get(effect.check.website_id, ())) for effect in stored]


def _end_future_window(db: Session, check: StoredCheck) -> None:
    """Shorten a window that ends in the future, because a clock was ahead, to end at *check*.

    *check* is the first one that was made after the clock was corrected.
    """
    if judged_check.leapt_over(db, check.website_id, check.checked_at, check.id):
        DowntimeWindowCRUD.end_by(db, check.website_id, check.checked_at)


def _look_back(db: Session, windows: WindowBatch, stored: Sequence[CheckEffect]) -> dict[int, list[Span]]:
    """Return the maintenance of each website that could go down, and load its last window into *windows*.

    Runs no query if no website could go down.
    """
    back = {effect.check.website_id for effect in stored if effect.check.status != MonitorStatus.DOWN}  # and down again
    failing = [
        (effect.check, effect.run.since)
        for effect in stored
        if effect.run is not None
        and effect.may_open
        and (effect.check.website_id in back or not windows.is_down(effect.check.website_id))
    ]
    if not failing:
        return {}
    since = min(failing_since for _check, failing_since in failing)
    until = max(check.checked_at for check, _since in failing) + timedelta(microseconds=1)
    website_ids = sorted({check.website_id for check, _since in failing})
    windows.look_back(db, website_ids, since)
    return maintenance(db, website_ids, since=since, until=until)


def _judge(windows: WindowBatch, effect: CheckEffect, excused: Sequence[Span]) -> Recorded:
    check = effect.check
    if effect.run is not None and check.status != MonitorStatus.UNKNOWN:
        windows.set_back(check.website_id, check.checked_at)
    changes = transition(
        windows.open_window(check.website_id),
        check,
        effect.run,
        effect.confirmation,
        outcome=effect.outcome,
        excused=excused,
        ended=windows.ended(check.website_id),
    )
    windows.apply(check, changes)
    is_down = windows.is_down(check.website_id) and effect.outcome is None and not effect.is_late
    return Recorded(
        website_id=check.website_id,
        check_id=check.id,
        checked_at=check.checked_at,
        is_up=check.status == MonitorStatus.UP,
        window_id=None,
        transition=changes,
        is_failing=effect.is_failing or is_down,
        is_news_elsewhere=effect.outcome is not None and effect.outcome.is_new_failure,
    )


def _mark_unobserved(db: Session, stored: Sequence[CheckEffect]) -> None:
    """Mark past failures as unknown time if a gap without checks lies within them."""
    for effect in stored:
        if (failed := effect.unobserved_failure) is not None:
            since, until = failed
            mark_unknown(db, effect.check.website_id, since=since, until=until)


def _rejudge_late(
    db: Session, stored: Sequence[CheckEffect], held: HeldWebsites, confirmation: Confirmation
) -> dict[int, CurrentChange | None]:
    """Correct the windows for checks that came late; return the change of the current state, by the last check's id.

    Late checks that began during a pause are ignored.
    """
    late: dict[int, list[StoredCheck]] = defaultdict(list)
    for effect in stored:
        if effect.is_late and held.counts(effect.check):
            late[effect.check.website_id].append(effect.check)
    return {
        checks[-1].id: rejudge(db, checks, held.validity[website_id], confirmation)
        for website_id, checks in late.items()
    }


def _as_stored(recorded: Recorded, window_ids: Mapping[int, int], news: Mapping[int, CurrentChange | None]) -> Recorded:
    if (changed := news.get(recorded.check_id)) is not None:
        return replace(recorded, window_id=changed.window_id, transition=changed.transition)
    if recorded.check_id in window_ids:
        return replace(recorded, window_id=window_ids[recorded.check_id])
    return recorded


def _certificates(results: Sequence[JudgedResult]) -> dict[int, Certificate]:
    """Return the newest certificate of each website, with no expiry if the website does not use TLS."""
    seen: dict[int, Certificate] = {}
    for judged in results:
        result = judged.result
        if result.certificate_expires_at is not None or result.error is None:
            issuer = result.certificate.issuer[:255] if result.certificate else None
            seen[judged.website_id] = Certificate(expires_at=result.certificate_expires_at, issuer=issuer)
    return seen


def _check(judged: JudgedResult, outcome: RegionOutcome | None) -> MonitorCheckCreate:
    result, verdict = judged.result, judged.verdict
    judgement = outcome.judgement if outcome else verdict
    return MonitorCheckCreate(
        website_id=judged.website_id,
        status=judgement.status,
        http_status_code=result.http_status_code,
        http_method=HTTPMethod(result.method),
        response_time_ms=result.response_time_ms,
        dns_time_ms=result.dns_ms,
        connect_time_ms=result.connect_ms,
        tls_time_ms=result.tls_ms,
        ttfb_ms=result.ttfb_ms,
        download_time_ms=result.download_ms,
        redirect_count=len(result.redirects),
        final_url=result.final_url if result.redirects else None,
        remote_address=result.remote_address,
        http_version=result.http_version,
        body_bytes=result.body_bytes,
        error_kind=judgement.kind,
        error_message=judgement.reason,
        lag_ms=judged.lag_ms,
        due_at=judged.due_at,
        region=judged.region,
        region_status=verdict.status if outcome else None,
        region_message=verdict.reason if outcome else None,
        checked_at=result.started_at,
    )
