"""Dependencies between websites: while a website is down, failures of its dependants are not announced.

A dependency is stored as the other website's URL, which files, commands and people use.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, update
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.models import DowntimeWindow, MonitorStatus, Website, WebsiteState
from core.schemas.url import display_url, spellings

MAX_DEPTH = 10  # the longest chain of dependencies; more is a mistake
GRACE = timedelta(seconds=30)  # added to the interval, until a failure is confirmed or has passed


def ancestors(db: Session, website: Website) -> Iterator[Website]:
    """Yield the website that *website* depends on, its dependency, and so on, each once, including paused ones."""
    seen = {website.id}
    here: Website | None = website
    for _step in range(MAX_DEPTH):
        here = named(db, here.depends_on) if here and here.depends_on else None
        if here is None or here.id in seen:
            return
        seen.add(here.id)
        yield here


def down_ancestor(db: Session, website: Website, at: datetime) -> Website | None:
    """Return the nearest dependency of *website* that was down at *at*; None if there is none."""
    for ancestor in ancestors(db, website):
        query = select(DowntimeWindow.id).where(
            DowntimeWindow.website_id == ancestor.id,
            DowntimeWindow.started_at <= at,
            _is_open(ancestor) | (DowntimeWindow.ended_at > at),
        )
        if db.scalar(query.limit(1)) is not None:
            return ancestor
    return None


def down_until(db: Session, website: Website, at: datetime) -> datetime | None:
    """Return when all dependencies of *website* that were down at *at* had recovered.

    Returns:
        None if none was down; the largest datetime if one still is.
    """
    moment = at
    of_any = [
        and_(DowntimeWindow.website_id == ancestor.id, or_(DowntimeWindow.ended_at.is_not(None), _is_open(ancestor)))
        for ancestor in ancestors(db, website)
    ]
    query = select(DowntimeWindow.ended_at).where(or_(*of_any)).order_by(DowntimeWindow.id)
    while of_any:
        covering = query.where(
            DowntimeWindow.started_at <= moment, DowntimeWindow.ended_at.is_(None) | (DowntimeWindow.ended_at > moment)
        )
        ends = list(db.scalars(covering))
        if not ends:
            break
        if None in ends:
            return datetime.max.replace(tzinfo=UTC)
        moment = max(end for end in ends if end is not None)
    return None if moment == at else moment


def _is_open(website: Website) -> ColumnElement[bool]:
    """Return the condition that a window of *website* is open; never true for a paused website."""
    return DowntimeWindow.ended_at.is_(None) if website.is_active else false()


def is_undecided(db: Session, website: Website, since: datetime, now: datetime) -> bool:
    """Return whether the failure of *website*, which began at *since*, may still turn out to be a dependency's failure.

    It is undecided until the dependency was checked after *since*, and, after a recovery of the dependency, until
    *website* was checked again. Each check is awaited for one interval and some grace.
    """
    for ancestor in ancestors(db, website):
        ended_at = _ended_after(db, ancestor, since)
        if ended_at is not None and is_awaited(db, website, ended_at, now):
            return True
        state = db.get(WebsiteState, ancestor.id)
        is_failing = state is not None and state.status is MonitorStatus.DOWN and now <= _latest(ancestor, since)
        if is_failing or is_awaited(db, ancestor, since, now):
            return True
    return False


def is_awaited(db: Session, website: Website, moment: datetime, now: datetime) -> bool:
    """Return whether a check of *website* after *moment* is still expected."""
    state = db.get(WebsiteState, website.id)
    if not website.is_active or state is None or now > _latest(website, moment):
        return False
    return state.checked_at < moment


def _latest(website: Website, moment: datetime) -> datetime:
    return moment + timedelta(seconds=website.check_interval) + GRACE


def _ended_after(db: Session, website: Website, moment: datetime) -> datetime | None:
    """Return when the last downtime of *website* ended, if after *moment*."""
    query = select(func.max(DowntimeWindow.ended_at)).where(
        DowntimeWindow.website_id == website.id, DowntimeWindow.ended_at > moment
    )
    return db.scalar(query)


def check(db: Session, website_id: int | None, url: str, depends_on: str | None) -> None:
    """Validate that a website (new if *website_id* is None) can depend on *depends_on*.

    Raises:
        InvalidInput: No website has that URL, or the website would depend on itself.
    """
    if depends_on is None:
        return
    parent = named(db, depends_on)
    if parent is None:
        words = f"There is no website {depends_on}. A website can only depend on an existing one."
        raise InvalidInput.of("depends_on", words)
    own = {display_url(spelling) for spelling in spellings(url)}
    if display_url(parent.url) in own or website_id in (parent.id, *(website.id for website in ancestors(db, parent))):
        raise InvalidInput.of("depends_on", f"{display_url(url)} would depend on itself.")


def rename(db: Session, before: str, after: str | None) -> None:
    """Update all dependencies on the URL *before* to *after*, or remove them if None."""
    names = [display_url(spelling) for spelling in spellings(before)]
    new = display_url(after) if after else None
    db.execute(update(Website).where(Website.depends_on.in_(names)).values(depends_on=new))


def named(db: Session, url: str) -> Website | None:
    """Return the website that is shown as *url*, without credentials."""
    names = spellings(url)
    found = db.scalar(select(Website).where(Website.url.in_(names)).order_by(Website.id).limit(1))
    if found is not None:
        return found
    host = url.partition("://")[2]
    holding = select(Website).where(Website.url.contains(f"@{host}", autoescape=True)).order_by(Website.id)
    return next((website for website in db.scalars(holding) if display_url(website.url) in names), None)
