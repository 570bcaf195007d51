"""Judged results become stored checks, with what they change, in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.models import HTTPMethod, MonitorStatus
from core.monitoring.course import AGREED, transition
from core.monitoring.downtime import CONFIRMATION, Confirmation, Run
from core.monitoring.findings import Finding, Recorded
from core.monitoring.late import News, judge_anew
from core.monitoring.regional import Voted, hold_votes
from core.monitoring.telling import tell
from core.monitoring.window_book import WindowBook
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, coverage, website_state
from core.services.coverage_spans import leave_out, unseen_since
from core.services.maintenance_window import maintenance
from core.services.monitor_check import StoredCheck
from core.services.spans import Span
from core.services.website_state import Certificate, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A stored check with what decides on its website's downtime window."""

    check: StoredCheck
    run: Run | None
    """The checks in a row of which it is the last, or those on which its region agrees with others; None where it
    says nothing of now."""
    confirmation: Confirmation
    is_failing: bool
    is_late: bool = False
    voted: Voted | None = None
    """None where one check is enough."""


def record(db: Session, findings: Sequence[Finding], confirmation: Confirmation = CONFIRMATION) -> list[Recorded]:
    """Store checks and the downtime that they open, extend or close; reads and writes in a fixed number of statements.

    Findings of websites that are not there any more are dropped. Whatever else must be true together with a check,
    such as the message of an alarm, is to be stored here.

    Returns:
        What was stored, in the order in which the checks began.
    """
    return _record(db, findings, _held(db, findings), confirmation)


def record_once(db: Session, findings: Sequence[Finding], confirmation: Confirmation = CONFIRMATION) -> list[Recorded]:
    """As `record`, without the findings that are stored already: a crash may leave one both stored and held.

    Of a slot that two workers were given, the check that is stored first stays.
    """
    trusted = _held(db, findings)  # first: what another worker stores meanwhile must be seen
    keys = {(finding.website_id, finding.region, finding.result.started_at): finding for finding in findings}
    stored = MonitorCheckCRUD.stored_among(db, list(keys))
    new = [finding for key, finding in keys.items() if key not in stored]
    return _record(db, _of_new_slots(db, new), trusted, confirmation)


def _held(db: Session, findings: Sequence[Finding]) -> dict[int, timedelta]:
    """How long their checks speak; no other worker judges these websites until this transaction ends."""
    return coverage.trust(db, sorted({finding.website_id for finding in findings}), is_held=True)


def _of_new_slots(db: Session, findings: Sequence[Finding]) -> list[Finding]:
    slots = {(one.website_id, one.region, one.due_at): one for one in reversed(findings) if one.due_at is not None}
    stored = MonitorCheckCRUD.slots_among(db, list(slots))
    firsts = {id(one) for slot, one in slots.items() if slot not in stored}
    return [one for one in findings if one.due_at is None or id(one) in firsts]


def _record(
    db: Session, findings: Sequence[Finding], trusted: Mapping[int, timedelta], confirmation: Confirmation
) -> list[Recorded]:
    there = (finding for finding in findings if finding.website_id in trusted)
    in_order = sorted(there, key=lambda finding: finding.result.started_at)
    book = WindowBook(db, list(trusted))
    kept = hold_votes(db, in_order, trusted, book.is_down, confirmation)
    checks = MonitorCheckCRUD.insert_many(db, [_check(finding, voted) for finding, voted in kept])
    before = website_state.read(db, sorted({check.website_id for check in checks}))
    certificates = _certificates([one for one, _voted in kept])
    states = coverage.fold(db, checks, trusted=trusted, certificates=certificates, before=before)
    cases = [
        _case(check, states.get(check.id), voted, confirmation, is_paused=not trusted[check.website_id])
        for check, (_finding, voted) in zip(checks, kept, strict=True)
    ]
    excused = _maintenance(db, book, cases)
    for check, previous in _after_a_gap(checks, states, before):
        book.set_forward(db, check.website_id, previous, check.checked_at)
    judged = [_judge(book, case, excused.get(case.check.website_id, ())) for case in cases]
    window_ids = book.store(db)
    alone = [check for check, (_finding, voted) in zip(checks, kept, strict=True) if voted is None]
    for website_id, since, until in _undecided(alone, states, before):
        leave_out(db, website_id, since=since, until=until)
    news = {
        came_late[-1].id: judge_anew(db, came_late, trusted[website_id], confirmation)
        for website_id, came_late in _late(cases, trusted).items()
    }
    stored = [_as_stored(recorded, window_ids, news) for recorded in judged]
    if checks:
        latest = {check.website_id: check.checked_at for check in checks}  # they are in order
        tell(db, stored, latest, confirmation.flapping_changes)
    return stored


def _late(cases: Sequence[Case], trusted: Mapping[int, timedelta]) -> dict[int, list[StoredCheck]]:
    """The checks that came late, by website; without those of paused ones."""
    found: dict[int, list[StoredCheck]] = defaultdict(list)
    for case in cases:
        if case.is_late and trusted[case.check.website_id]:
            found[case.check.website_id].append(case.check)
    return found


def _as_stored(recorded: Recorded, window_ids: Mapping[int, int], news: Mapping[int, News | None]) -> Recorded:
    if (changed := news.get(recorded.check_id)) is not None:
        return replace(recorded, window_id=changed.window_id, transition=changed.transition)
    if recorded.check_id in window_ids:
        return replace(recorded, window_id=window_ids[recorded.check_id])
    return recorded


def _after_a_gap(
    checks: Sequence[StoredCheck], states: Mapping[int, State], before: Mapping[int, State]
) -> list[tuple[StoredCheck, datetime]]:
    """The checks before which nobody looked for so long that the clock may have been set forward, and since when."""
    previous = {website_id: state.checked_at for website_id, state in before.items()}
    found = []
    for check in checks:
        if check.id in states:  # else it is late
            last, previous[check.website_id] = previous.get(check.website_id), check.checked_at
            if last is not None and check.checked_at - last > website_state.LONGEST_GAP:
                found.append((check, last))
    return found


def _undecided(
    checks: Sequence[StoredCheck], states: Mapping[int, State], before: Mapping[int, State]
) -> list[tuple[int, datetime, datetime]]:
    """The runs of failures that are over of which somebody did not see the whole: whose, since when, and by when."""
    previous = dict(before)
    found = []
    for check in checks:
        if check.id in states:  # else it is late
            last, previous[check.website_id] = previous.get(check.website_id), states[check.id]
            if (since := unseen_since(last, states[check.id])) is not None:
                found.append((check.website_id, since, check.checked_at))
    return found


def _case(
    check: StoredCheck, state: State | None, voted: Voted | None, confirmation: Confirmation, *, is_paused: bool
) -> Case:
    if voted is not None:
        said = voted.judgement
        run = Run(since=said.since, checks=said.checks) if said.since and not is_paused and not voted.is_late else None
        return Case(
            check=check, run=run, confirmation=AGREED, is_failing=voted.is_failing, is_late=voted.is_late, voted=voted
        )
    run = Run.of(state) if state else None
    is_failing = state is not None and check.status == MonitorStatus.DOWN
    return Case(check=check, run=run, confirmation=confirmation, is_failing=is_failing, is_late=state is None)


def _maintenance(db: Session, book: WindowBook, cases: Sequence[Case]) -> dict[int, list[Span]]:
    """The maintenance of each website that could go down; asks nothing while none could."""
    back = {case.check.website_id for case in cases if case.check.status != MonitorStatus.DOWN}  # and down again
    failing = [
        (case.check, case.run.since)
        for case in cases
        if case.run is not None
        and case.check.status == MonitorStatus.DOWN
        and case.run.checks > case.confirmation.retries
        and (case.check.website_id in back or not book.is_down(case.check.website_id))
    ]
    if not failing:
        return {}
    since = min(failing_since for _check, failing_since in failing)
    until = max(check.checked_at for check, _since in failing) + timedelta(microseconds=1)
    return maintenance(db, sorted({check.website_id for check, _since in failing}), since=since, until=until)


def _judge(book: WindowBook, case: Case, excused: Sequence[Span]) -> Recorded:
    check = case.check
    if case.run is not None and check.status != MonitorStatus.UNKNOWN:
        book.set_back(check.website_id, check.checked_at)
    changes = transition(
        book.open_window(check.website_id), check, case.run, case.confirmation, voted=case.voted, excused=excused
    )
    book.apply(check, changes)
    is_down = book.is_down(check.website_id) and case.voted is None and not case.is_late
    return Recorded(
        website_id=check.website_id,
        check_id=check.id,
        checked_at=check.checked_at,
        is_up=check.status == MonitorStatus.UP,
        window_id=None,
        transition=changes,
        is_failing=case.is_failing or is_down,
        is_news_elsewhere=case.voted is not None and case.voted.is_new_failure,
    )


def _certificates(findings: Sequence[Finding]) -> dict[int, Certificate]:
    """The newest certificate that was seen of each website; none where the website is not asked over TLS."""
    seen: dict[int, Certificate] = {}
    for finding in findings:
        result = finding.result
        if result.certificate_expires_at is not None or result.error is None:
            issuer = result.certificate.issuer[:255] if result.certificate else None
            seen[finding.website_id] = Certificate(expires_at=result.certificate_expires_at, issuer=issuer)
    return seen


def _check(finding: Finding, voted: Voted | None) -> MonitorCheckCreate:
    result, verdict = finding.result, finding.verdict
    said = voted.judgement if voted else verdict
    return MonitorCheckCreate(
        website_id=finding.website_id,
        status=said.status,
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
        error_kind=said.kind,
        error_message=said.reason,
        lag_ms=finding.lag_ms,
        due_at=finding.due_at,
        region=finding.region,
        region_status=verdict.status if voted else None,
        region_message=verdict.reason if voted else None,
        checked_at=result.started_at,
    )
