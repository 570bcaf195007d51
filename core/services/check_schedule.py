"""All SQL about when websites are due in a fleet. All times are by PostgreSQL's clock, not the workers' clocks.

Call each function in a short transaction. Workers call them concurrently and never wait long for one another.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, Boolean, Double, Integer, String, bindparam, text
from sqlalchemy.orm import Session

from core.clock import as_utc

PLAN_LOCK = 0x77617463686E6578  # pg_advisory_xact_lock takes any 64-bit number: "watchnex"

# One row per region of a website, or one with an empty region, which any worker may check.
PLACES = """
    CROSS JOIN LATERAL (
        SELECT '' AS region WHERE coalesce(json_typeof(website.regions), 'null') = 'null'
        UNION ALL SELECT json_array_elements_text(website.regions) WHERE json_typeof(website.regions) = 'array'
    ) AS place
"""

# As `core.monitoring.schedule.first_plan`: a website that was never checked is due now, one whose next check lies ahead
# keeps that time, and an overdue one is due within 30 s, spread by id. A resumed website is due now. All regions check
# a website at the same time, so that their results can be compared.
PLAN = f"""
    INSERT INTO check_schedules AS known (website_id, region, interval_seconds, next_due_at)
    SELECT website.id, place.region, website.check_interval, CASE
        WHEN NOT website.is_active THEN NULL
        WHEN state.checked_at IS NULL THEN now()
        WHEN least(state.checked_at, now()) + website.check_interval * interval '1 second' > now()
            THEN least(state.checked_at, now()) + website.check_interval * interval '1 second'
        ELSE now() + (website.id * 0.6180339887498949 % 1) * least(website.check_interval, 30) * interval '1 second'
    END
    FROM websites AS website {PLACES} LEFT JOIN website_states AS state ON state.website_id = website.id
    WHERE {{which}}
    ORDER BY website.id, place.region
    ON CONFLICT (website_id, region) DO UPDATE SET
        interval_seconds = excluded.interval_seconds,
        next_due_at = CASE
            WHEN excluded.next_due_at IS NULL THEN NULL
            WHEN known.next_due_at IS NULL THEN now()
            ELSE least(known.next_due_at, now() + excluded.interval_seconds * interval '1 second')
        END
    WHERE known.interval_seconds <> excluded.interval_seconds
        OR (known.next_due_at IS NULL) <> (excluded.next_due_at IS NULL)
"""  # noqa: S608 - of what stands above

FORGET = """
    DELETE FROM check_schedules AS planned USING websites AS website
    WHERE website.id = planned.website_id AND {which}
        AND CASE coalesce(json_typeof(website.regions), 'null')
            WHEN 'null' THEN planned.region <> ''
            ELSE NOT jsonb_exists(website.regions::jsonb, planned.region)
        END
"""

PLAN_ALL = [text(statement.format(which="true")) for statement in (FORGET, PLAN)]
PLAN_SOME = [
    text(statement.format(which="website.id = ANY(:ids)")).bindparams(bindparam("ids", type_=ARRAY(Integer)))
    for statement in (FORGET, PLAN)
]
MAX_BY_ID = 1_000  # beyond this number of ids, all websites are examined

# Moves to the next future slot, so that one late check does not shift later ones, and slots during a pause are skipped.
# Slots of a region without workers stay unclaimed, because their jobs would only pile up in the queue.
CLAIM = text("""
    WITH due AS (
        SELECT website_id, region, next_due_at, interval_seconds FROM check_schedules
        WHERE next_due_at <= now() AND region = ANY(:regions)
        ORDER BY next_due_at, website_id LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE check_schedules AS planned
    SET next_due_at = due.next_due_at + due.interval_seconds * interval '1 second'
        * (floor(extract(epoch FROM now() - due.next_due_at) / due.interval_seconds) + 1)
    FROM due WHERE planned.website_id = due.website_id AND planned.region = due.region
    RETURNING planned.website_id, due.next_due_at, due.interval_seconds, planned.region
""").bindparams(bindparam("regions", type_=ARRAY(String)))

CLAIM_ONE = text(f"""
    INSERT INTO check_schedules AS known (website_id, region, interval_seconds, answered_request)
    SELECT website.id, place.region, website.check_interval, :request FROM websites AS website {PLACES}
    WHERE website.id = :website_id AND place.region = ANY(:regions)
    ON CONFLICT (website_id, region) DO UPDATE SET answered_request = excluded.answered_request
    WHERE known.answered_request IS DISTINCT FROM excluded.answered_request
    RETURNING website_id
""").bindparams(bindparam("regions", type_=ARRAY(String)))  # noqa: S608 - of what stands above

BRING_FORWARD = text("""
    WITH wanted AS (
        SELECT * FROM unnest(:website_ids, :within_seconds) AS wanted (website_id, within_seconds)
    ), held AS (
        SELECT website_id, region, within_seconds FROM check_schedules JOIN wanted USING (website_id)
        WHERE next_due_at > now() + within_seconds * interval '1 second'
            AND (:is_everywhere OR region = ANY(:regions))
        ORDER BY website_id, region FOR UPDATE OF check_schedules
    )
    UPDATE check_schedules AS planned
    SET next_due_at = least(next_due_at, now() + held.within_seconds * interval '1 second')
    FROM held WHERE planned.website_id = held.website_id AND planned.region = held.region
""").bindparams(
    bindparam("website_ids", type_=ARRAY(Integer)),
    bindparam("within_seconds", type_=ARRAY(Double)),
    bindparam("regions", type_=ARRAY(String)),
    bindparam("is_everywhere", type_=Boolean),
)

SUSPEND = text("""
    UPDATE check_schedules SET next_due_at = greatest(next_due_at, now() + :seconds * interval '1 second')
    WHERE website_id = :website_id AND region = :region
""")

NOWHERE = ("",)
"""The regions of a worker without a region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time at which a website is due, for one check in the whole fleet or in its region."""

    website_id: int
    due_at: datetime
    interval_seconds: int
    region: str = ""
    """Empty if the website names no region."""


def plan(db: Session, website_ids: Collection[int] | None = None) -> None:
    """Create, update or delete schedules so that they match the websites; paused websites keep a row without time.

    Args:
        website_ids: The websites that may have changed; None for all. Examining 10,000 takes 30 ms.
    """
    db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PLAN_LOCK})
    is_some = website_ids is not None and len(website_ids) <= MAX_BY_ID
    for statement in PLAN_SOME if is_some else PLAN_ALL:
        db.execute(statement, {"ids": sorted(website_ids or ())} if is_some else {})


def claim(db: Session, limit: int, regions: Sequence[str] = NOWHERE) -> list[Slot]:
    """Claim up to *limit* due slots in *regions*, oldest first. Once committed, no other worker gets them."""
    rows = db.execute(CLAIM, {"limit": limit, "regions": list(regions)})
    slots = [Slot(website_id=row[0], due_at=as_utc(row[1]), interval_seconds=row[2], region=row[3]) for row in rows]
    return sorted(slots, key=lambda slot: (slot.due_at, slot.website_id))


def claim_one(db: Session, website_id: int, request: str, regions: Sequence[str] = NOWHERE) -> bool:
    """Claim the check of a website that *request* asks for; returns True for one worker per region."""
    given = {"website_id": website_id, "request": request, "regions": list(regions)}
    return db.execute(CLAIM_ONE, given).first() is not None


def bring_forward(db: Session, within_seconds: Mapping[int, float], regions: Sequence[str] | None = NOWHERE) -> None:
    """Make websites due within these seconds, in *regions*, or in all their regions if None. Skips paused websites."""
    if within_seconds:
        ids = sorted(within_seconds)
        given = {"website_ids": ids, "within_seconds": [within_seconds[website_id] for website_id in ids]}
        db.execute(BRING_FORWARD, given | {"regions": list(regions or ()), "is_everywhere": regions is None})


def suspend(db: Session, website_id: int, region: str, seconds: float) -> None:
    """Postpone the next check of a website in *region* by at least *seconds*."""
    db.execute(SUSPEND, {"website_id": website_id, "region": region, "seconds": seconds})


def store_now(db: Session) -> datetime:
    """Return the time of PostgreSQL's clock."""
    return as_utc(db.execute(text("SELECT clock_timestamp()")).scalar_one())
