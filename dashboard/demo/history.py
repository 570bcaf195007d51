"""Creates the checks, windows and states that the monitor would have stored for the demo's websites."""

import math
import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from core.batches import batched
from core.diagnosis.store_findings import diagnose_window
from core.models import DowntimeWindow, HTTPMethod, MonitorCheck, MonitorStatus, Website, WebsiteState
from core.monitoring.verdict import Expectation, too_slow
from core.services import TagCRUD
from core.services.coverage import VALID_INTERVALS
from core.services.coverage_rebuild import rebuild_coverage
from dashboard.demo.cast import ACCEPTED_MS, CAST, ERROR_KINDS, TIMEOUT, Outage, Player

SEED = 20  # every demo has the same history
CERTIFICATE_DAYS = 14
TIMEOUT_MS = 10_000.0
BATCH = 20_000  # rows per INSERT
DAY_SECONDS = 86_400
CHECKED_AT = attrgetter("checked_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPoint:
    """The facts of a stored check that windows and states are derived from."""

    checked_at: datetime
    status: MonitorStatus


def fill(db: Session, *, now: datetime, port: int) -> None:
    """Store the websites and their history; the demo's site listens on *port*."""
    into_checks = insert(cast("Table", MonitorCheck.__table__))  # inserting entities would take a third longer
    chance = random.Random(SEED)  # noqa: S311 - S311 - not a secret
    for player in CAST:
        website = _website(player, now, port)
        db.add(website)
        db.flush()
        checks = _checks(player, website.id, now, chance)
        made: list[StoredPoint] = []
        for batch in batched(checks, BATCH):
            db.execute(into_checks, batch)
            made.extend(StoredPoint(checked_at=check["checked_at"], status=check["status"]) for check in batch)
        db.add(_state(website, made))
        TagCRUD.set_for_website(db, website.id, player.tags)
        db.add_all(_windows(player, website.id, made, now))
    db.flush()
    rebuild_coverage(db)
    for window_id in db.scalars(select(DowntimeWindow.id)).all():
        diagnose_window(db, window_id, CERTIFICATE_DAYS)


def _website(player: Player, now: datetime, port: int) -> Website:
    return Website(
        url=f"http://{player.host}:{port}/",
        name=player.name,
        description=player.description,
        check_interval=player.interval_seconds,
        timeout=10,
        check_options=_options(player) or None,
        is_active=not player.is_paused,
        created_at=now - timedelta(days=player.days),
    )


def _options(player: Player) -> dict[str, Any]:
    options = {"body_contains": player.expected_text, "max_response_ms": player.accepted_ms}
    return {name: value for name, value in options.items() if value is not None}


def _state(website: Website, made: Sequence[StoredPoint]) -> WebsiteState:
    """Return the state after all checks, which have no gaps, so that the known time is one span."""
    last = made[-1]
    validity = timedelta(seconds=VALID_INTERVALS * website.check_interval) if website.is_active else timedelta()
    return WebsiteState(
        website_id=website.id,
        status=last.status,
        checked_at=last.checked_at,
        known_since=made[0].checked_at,
        known_until=last.checked_at + validity,
    )


def _checks(player: Player, website_id: int, now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    troubles = [(now - outage.ago, now - outage.ago + outage.lasted, outage) for outage in player.outages]
    step = timedelta(seconds=player.interval_seconds)
    at = now - timedelta(days=player.days) + step * chance.random()
    last = now - timedelta(hours=2) if player.is_paused else now
    while at < last:
        trouble = next((outage for start, end, outage in troubles if start <= at < end), None)
        yield _check(player, website_id, at, trouble, chance)
        at += step


def _check(
    player: Player, website_id: int, at: datetime, trouble: Outage | None, chance: random.Random
) -> dict[str, Any]:
    answered = trouble is None or trouble.is_slow or trouble.status_code is not None
    is_slow = trouble is not None and trouble.is_slow
    total = ACCEPTED_MS * chance.uniform(1.05, 1.9) if is_slow else _response_ms(player, at, chance)
    dns, connect = (round(part * chance.uniform(0.7, 1.4), 1) for part in (2.1, 9.0))
    response_ms = round(total + dns + connect, 1)
    status = MonitorStatus.UP
    if trouble is not None:
        status = MonitorStatus.DEGRADED if is_slow else MonitorStatus.DOWN
    return {
        "website_id": website_id,
        "status": status,
        "http_method": HTTPMethod.GET,
        "http_status_code": (trouble.status_code if trouble and trouble.status_code else 200) if answered else None,
        "response_time_ms": response_ms if answered else _waited_ms(trouble),
        "dns_time_ms": dns if answered else None,
        "connect_time_ms": connect if answered else None,
        "ttfb_ms": round(total * 0.8, 1) if answered else None,
        "download_time_ms": round(total * 0.2, 1) if answered else None,
        "error_kind": _error_kind(trouble) if trouble else None,
        "error_message": too_slow(response_ms, ACCEPTED_MS) if is_slow else trouble.cause if trouble else None,
        "checked_at": at,
        "created_at": at,
    }


def _waited_ms(trouble: Outage | None) -> float | None:
    return TIMEOUT_MS if trouble and trouble.cause == TIMEOUT else None


def _error_kind(trouble: Outage) -> str:
    return Expectation.RESPONSE_TIME if trouble.is_slow else ERROR_KINDS.get(trouble.cause, Expectation.STATUS)


def _response_ms(player: Player, at: datetime, chance: random.Random) -> float:
    """Return a random response time: slower in daytime, with a long tail."""
    daily = 1 + 0.22 * math.sin((at.timestamp() % DAY_SECONDS) / DAY_SECONDS * math.tau - 2)
    tail = chance.uniform(1.8, 4) if chance.random() < 0.01 else 1
    return min(player.typical_ms * daily * chance.lognormvariate(0, 0.13) * tail, 0.95 * ACCEPTED_MS)


def _windows(player: Player, website_id: int, made: Sequence[StoredPoint], now: datetime) -> Iterator[DowntimeWindow]:
    """Yield the windows as the monitor would: from the first failed check to the first good one."""
    for outage in player.outages:
        if outage.is_slow:
            continue
        failed = bisect_left(made, now - outage.ago, key=CHECKED_AT)
        good = bisect_left(made, now - outage.ago + outage.lasted, key=CHECKED_AT)
        started_at = made[failed].checked_at
        ended_at = made[good].checked_at if good < len(made) else None
        yield DowntimeWindow(
            website_id=website_id,
            started_at=started_at,
            ended_at=ended_at,
            duration_seconds=(ended_at - started_at).total_seconds() if ended_at else None,
            initial_status=MonitorStatus.DOWN,
            recovery_status=MonitorStatus.UP if ended_at else None,
            affected_checks_count=good - failed,
            root_cause=outage.cause,
            notes=outage.notes,
        )
