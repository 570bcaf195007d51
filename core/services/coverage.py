"""Keeps, as checks arrive, about which time something is known of each website; uptime is reckoned from it.

A check speaks from its beginning until the next one's, for `TRUST_FACTOR` intervals at most: while nobody looked,
nothing is known. UNKNOWN says nothing, and so ends what was known; pausing a website does too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import CoverageSpan, MonitorCheck, MonitorStatus, Website, WebsiteState
from core.services.spans import Span, difference, union

TRUST_FACTOR = 2.5  # intervals after a check for which it still speaks: one late or lost check leaves no gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stands in `WebsiteState`, apart from the store."""

    status: MonitorStatus
    checked_at: datetime
    known_since: datetime | None
    known_until: datetime | None


Ended = tuple[datetime, datetime]


def advance(
    known: Known | None, status: MonitorStatus, checked_at: datetime, trusted: timedelta
) -> tuple[Known, Ended | None]:
    """Fold a check, not older than the latest, into what is known; pure.

    Returns:
        What is known now, and the span of known time that this check has ended, if it has.
    """
    since = known.known_since if known else None
    until = known.known_until if known else None
    ended: Ended | None = None
    says_nothing = status == MonitorStatus.UNKNOWN
    if since is not None and until is not None and (says_nothing or until < checked_at):
        ended = (since, min(until, checked_at))
        since = None
    if says_nothing:
        return Known(status=status, checked_at=checked_at, known_since=None, known_until=None), ended
    now_known = Known(
        status=status, checked_at=checked_at, known_since=since or checked_at, known_until=checked_at + trusted
    )
    return now_known, ended


def fold(db: Session, checks: Sequence[MonitorCheck]) -> None:
    """Add stored checks, in any order, to what is known; belongs into the transaction that stores them."""
    if not checks:
        return
    ids = sorted({check.website_id for check in checks})
    trusted = _trusted(db, ids)
    states = _states(db, ids)
    before = dict(states)
    ended: list[dict[str, Any]] = []
    late: list[MonitorCheck] = []
    for check in sorted(checks, key=lambda check: check.checked_at):
        known = states.get(check.website_id)
        if known is not None and check.checked_at < known.checked_at:
            late.append(check)
            continue
        status, trust = MonitorStatus(check.status), trusted[check.website_id]
        states[check.website_id], span = advance(known, status, check.checked_at, trust)
        if span is not None and span[0] < span[1]:
            ended.append({"website_id": check.website_id, "started_at": span[0], "ended_at": span[1]})
    if ended:
        db.execute(insert(CoverageSpan), ended)
    _store(db, {website_id: known for website_id, known in states.items() if before.get(website_id) != known})
    for check in late:
        _fold_late(db, check, trusted[check.website_id])


def end(db: Session, website_id: int, at: datetime | None = None) -> None:
    """Nothing is known of the website from *at* (now) on, until its next check: it is paused."""
    moment = at or utc_now()
    known = _states(db, [website_id]).get(website_id)
    if known is None or known.known_until is None or known.known_until <= moment:
        return
    until = max(moment, known.known_since or moment)
    _store(db, {website_id: _with(known, known.known_since, until)})


def spans(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, list[Span]]:
    """The known time of each website from *since* to *until*, in order, in two queries."""
    found: dict[int, list[Span]] = {website_id: [] for website_id in website_ids}
    ended = select(CoverageSpan.website_id, CoverageSpan.started_at, CoverageSpan.ended_at).where(
        CoverageSpan.website_id.in_(website_ids), CoverageSpan.ended_at > since, CoverageSpan.started_at < until
    )
    still_open = select(WebsiteState.website_id, WebsiteState.known_since, WebsiteState.known_until).where(
        WebsiteState.website_id.in_(website_ids), WebsiteState.known_until > since, WebsiteState.known_since < until
    )
    rows = [*db.execute(ended), *db.execute(still_open)]
    for website_id, first, last in rows:
        if first is not None and last is not None:
            found[website_id].append((max(first, since).timestamp(), min(last, until).timestamp()))
    return {website_id: union(known) for website_id, known in found.items()}


def rebuild(db: Session, website_ids: Sequence[int] | None = None) -> None:
    """Learn anew, from the checks that are stored, what is known of these websites or of all.

    For checks that came in past `fold`. What is known of the time before the oldest check that is kept stays.
    Trust is that of the present interval, and pauses end no span, as the checks tell of neither.
    """
    wanted = list(db.scalars(select(Website.id).order_by(Website.id))) if website_ids is None else website_ids
    trusted = _trusted(db, wanted)
    for website_id in wanted:
        _rebuild_one(db, website_id, trusted[website_id])


def _rebuild_one(db: Session, website_id: int, trusted: timedelta) -> None:
    query = (
        select(MonitorCheck.status, MonitorCheck.checked_at)
        .where(MonitorCheck.website_id == website_id)
        .order_by(MonitorCheck.checked_at, MonitorCheck.id)
        .execution_options(yield_per=10_000)
    )
    known: Known | None = None
    ended: list[Ended] = []
    for status, checked_at in db.execute(query):
        if known is None:
            known = _before(db, website_id, checked_at)
        known, span = advance(known, status, checked_at, trusted)
        if span is not None and span[0] < span[1]:
            ended.append(span)
    if known is not None:
        _insert(db, website_id, [(first.timestamp(), last.timestamp()) for first, last in ended])
        _store(db, {website_id: known})


def _before(db: Session, website_id: int, first: datetime) -> Known | None:
    """Forget what is known from *first* on; returns the span that reaches up to there, if there is one."""
    until_then = spans(db, [website_id], since=datetime(1970, 1, 1, tzinfo=UTC), until=first)[website_id]
    db.execute(delete(CoverageSpan).where(CoverageSpan.website_id == website_id))
    db.execute(delete(WebsiteState).where(WebsiteState.website_id == website_id))
    reaching = until_then.pop() if until_then and until_then[-1][1] == first.timestamp() else None
    _insert(db, website_id, until_then)
    if reaching is None:
        return None
    return Known(status=MonitorStatus.UP, checked_at=first, known_since=_instant(reaching[0]), known_until=first)


def _trusted(db: Session, website_ids: Sequence[int]) -> dict[int, timedelta]:
    query = select(Website.id, Website.check_interval).where(Website.id.in_(website_ids))
    return {website_id: timedelta(seconds=TRUST_FACTOR * interval) for website_id, interval in db.execute(query)}


def _states(db: Session, website_ids: Sequence[int]) -> dict[int, Known]:
    columns = (WebsiteState.status, WebsiteState.checked_at, WebsiteState.known_since, WebsiteState.known_until)
    query = select(WebsiteState.website_id, *columns).where(WebsiteState.website_id.in_(website_ids))
    return {
        website_id: Known(status=status, checked_at=checked_at, known_since=since, known_until=until)
        for website_id, status, checked_at, since, until in db.execute(query.with_for_update())
    }


def _store(db: Session, states: dict[int, Known]) -> None:
    if not states:
        return
    dialect: Any = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    adding = dialect.insert(WebsiteState)
    names = ("status", "checked_at", "known_since", "known_until")
    upsert = adding.on_conflict_do_update(
        index_elements=["website_id"], set_={name: adding.excluded[name] for name in names}
    )
    rows = [{"website_id": key, **{name: getattr(known, name) for name in names}} for key, known in states.items()]
    db.execute(upsert, rows)


def _fold_late(db: Session, check: MonitorCheck, trusted: timedelta) -> None:
    """Add a check that was stored after a later one: it speaks until the next one that is stored."""
    query = select(func.min(MonitorCheck.checked_at)).where(
        MonitorCheck.website_id == check.website_id, MonitorCheck.checked_at > check.checked_at
    )
    known = _states(db, [check.website_id])[check.website_id]
    following = db.scalar(query) or known.checked_at
    if check.status == MonitorStatus.UNKNOWN:
        _redraw(db, check.website_id, known, cut=(check.checked_at.timestamp(), following.timestamp()))
    else:
        last = min(check.checked_at + trusted, following)
        _redraw(db, check.website_id, known, add=(check.checked_at.timestamp(), last.timestamp()))


def _redraw(db: Session, website_id: int, known: Known, *, add: Span | None = None, cut: Span | None = None) -> None:
    """Store the spans around *add* or *cut* anew; the one that reaches the latest check stays the open one."""
    start, end = add or cut or (0.0, 0.0)
    near = select(CoverageSpan).where(
        CoverageSpan.website_id == website_id,
        CoverageSpan.ended_at >= _instant(start),
        CoverageSpan.started_at <= _instant(end),
    )
    touched = list(db.scalars(near))
    drawn = [(span.started_at.timestamp(), span.ended_at.timestamp()) for span in touched]
    if known.known_since is not None:
        drawn.append((known.known_since.timestamp(), known.checked_at.timestamp()))
    drawn = union([*drawn, add]) if add else difference(union(drawn), [cut] if cut else [])
    if known.known_since is not None:
        latest = known.checked_at.timestamp()
        since = next((first for first, last in drawn if last == latest), latest)
        drawn = [span for span in drawn if span[1] != latest]
        _store(db, {website_id: _with(known, _instant(since), known.known_until)})
    db.execute(delete(CoverageSpan).where(CoverageSpan.id.in_([span.id for span in touched])))
    _insert(db, website_id, drawn)


def _insert(db: Session, website_id: int, drawn: Iterable[Span]) -> None:
    rows = [
        {"website_id": website_id, "started_at": _instant(first), "ended_at": _instant(last)} for first, last in drawn
    ]
    if rows:
        db.execute(insert(CoverageSpan), rows)


def _with(known: Known, since: datetime | None, until: datetime | None) -> Known:
    return Known(status=known.status, checked_at=known.checked_at, known_since=since, known_until=until)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
