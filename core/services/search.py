"""Searches websites, downtime windows, errors of checks, debug sessions and recorded requests."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.models import (
    ConsoleMessage,
    DebugSession,
    DowntimeWindow,
    MonitorCheck,
    NetworkEvent,
    Tag,
    Website,
    WebsiteTag,
)
from core.models.search_index import CHECKS, CONSOLE, EVENTS, SearchIndex
from core.phrases import shortened
from core.schemas.search import SearchFound, SearchHit
from core.schemas.url import display_url
from core.services.search_text import fold
from core.services.tag import TagCRUD

AROUND = 70  # characters shown on both sides of a match
ROWS_PER_HIT = 6  # rows read per hit, because a website that stays down repeats the same error
MAX_WORDS = 8
MAX_FOLDED = 1_000  # parameters of one query; more results than anybody would read


def search(db: Session, words: str, *, limit: int = 8) -> SearchFound:
    """Return at most *limit* hits of each kind that contain all of *words*, in a fixed number of queries.

    Names, causes and titles match anywhere. Checks and events, which are many, match at the start of words.
    """
    asked = words.replace("\0", " ").split()[:MAX_WORDS]  # PostgreSQL rejects NUL characters
    if not any(_parts(word) for word in asked):
        return SearchFound()
    sessions = [*_sessions(db, asked, limit), *_console(db, asked, limit)]
    return SearchFound(
        websites=_websites(db, asked, limit),
        windows=_windows(db, asked, limit),
        checks=_checks(db, asked, limit),
        sessions=sorted(sessions, key=lambda hit: hit.session_id or 0, reverse=True)[:limit],
        requests=_requests(db, asked, limit),
    )


def _websites(db: Session, asked: Sequence[str], limit: int) -> list[SearchHit]:
    bearing = select(WebsiteTag.website_id).join(Tag)
    named = [(website_id, name) for website_id, name in db.execute(select(Website.id, Website.name))]
    conditions = [
        or_(
            Website.id.in_(_matches_without_diacritics(named, word)),
            *(column.icontains(word, autoescape=True) for column in (Website.name, Website.url, Website.description)),
            Website.id.in_(bearing.where(Tag.name.icontains(word, autoescape=True))),
        )
        for word in asked
    ]
    order = (_by_name(asked), Website.name, Website.id)
    rows = db.scalars(select(Website).where(and_(*conditions)).order_by(*order).limit(limit)).all()
    tags = TagCRUD.of_websites(db, [website.id for website in rows])
    found = []
    for website in rows:
        # The result shows the name anyway, and the URL distinguishes websites of the same name.
        places = [("URL", display_url(website.url)), ("name", website.name), ("description", website.description or "")]
        places += [("tag", tag.name) for tag in tags.get(website.id, ())]
        found.append(_hit(asked, places, website_id=website.id, website=website.name))
    return found


def _matches_without_diacritics(named: Sequence[tuple[int, str]], word: str) -> list[int]:
    """Return the ids of names that contain *word*, if non-ASCII: SQL compares these with case and accents."""
    meant = fold(word)
    found = (key for key, name in named if not (name + word).isascii() and meant in fold(name))
    return list(islice(found, MAX_FOLDED))


def _by_name(asked: Sequence[str]) -> ColumnElement[int]:
    """Order by matches in the name: the whole phrase, then all words. A word such as "12" is in many URLs."""
    has = [Website.name.icontains(word, autoescape=True) for word in asked]
    return case((Website.name.icontains(" ".join(asked), autoescape=True), 0), (and_(*has), 1), else_=2)


def _windows(db: Session, asked: Sequence[str], limit: int) -> list[SearchHit]:
    matches = _anywhere(asked, DowntimeWindow.root_cause, DowntimeWindow.notes)
    query = select(DowntimeWindow, Website.name).join(Website, Website.id == DowntimeWindow.website_id).where(matches)
    return [
        _hit(
            asked,
            [("cause", window.root_cause or ""), ("notes", window.notes or "")],
            website_id=window.website_id,
            website=name,
            at=window.started_at,
            window_id=window.id,
        )
        for window, name in db.execute(query.order_by(DowntimeWindow.id.desc()).limit(limit))
    ]


def _checks(db: Session, asked: Sequence[str], limit: int) -> list[SearchHit]:
    ids = _matching(db, CHECKS, asked, limit * ROWS_PER_HIT)
    query = select(MonitorCheck.website_id, Website.name, MonitorCheck.error_message, MonitorCheck.checked_at).join(
        Website, Website.id == MonitorCheck.website_id
    )
    same: dict[tuple[int, str], list[Any]] = {}
    for row in db.execute(query.where(MonitorCheck.id.in_(ids)).order_by(MonitorCheck.id.desc())):
        same.setdefault((row.website_id, row.error_message), []).append(row)
    return [
        _hit(
            asked,
            [("error", error)],
            website_id=website_id,
            website=rows[0].name,
            at=rows[0].checked_at,
            count=len(rows),
        )
        for (website_id, error), rows in same.items()
    ][:limit]


def _sessions(db: Session, asked: Sequence[str], limit: int) -> list[SearchHit]:
    matches = _anywhere(asked, DebugSession.error_message, DebugSession.title, DebugSession.url)
    query = select(DebugSession, Website.name).join(Website, Website.id == DebugSession.website_id).where(matches)
    return [
        _hit(
            asked,
            [("error", session.error_message or ""), ("title", session.title or ""), ("URL", session.url or "")],
            website_id=session.website_id,
            website=name,
            at=session.started_at,
            session_id=session.id,
        )
        for session, name in db.execute(query.order_by(DebugSession.id.desc()).limit(limit))
    ]


def _console(db: Session, asked: Sequence[str], limit: int) -> list[SearchHit]:
    ids = _matching(db, CONSOLE, asked, limit)
    query = (
        select(ConsoleMessage, DebugSession.website_id, Website.name)
        .join(DebugSession, DebugSession.id == ConsoleMessage.debug_session_id)
        .join(Website, Website.id == DebugSession.website_id)
        .where(ConsoleMessage.id.in_(ids))
    )
    return [
        _hit(
            asked,
            [("console", message.text)],
            website_id=website_id,
            website=name,
            at=message.timestamp,
            session_id=message.debug_session_id,
        )
        for message, website_id, name in db.execute(query.order_by(ConsoleMessage.id.desc()))
    ]


def _requests(db: Session, asked: Sequence[str], limit: int) -> list[SearchHit]:
    ids = _matching(db, EVENTS, asked, limit * ROWS_PER_HIT)
    query = (
        select(
            NetworkEvent.debug_session_id,
            NetworkEvent.exchange_id,
            NetworkEvent.url,
            NetworkEvent.request_headers,
            NetworkEvent.response_headers,
            NetworkEvent.error_message,
            NetworkEvent.timestamp,
            DebugSession.website_id,
            Website.name,
        )
        .join(DebugSession, DebugSession.id == NetworkEvent.debug_session_id)
        .join(Website, Website.id == DebugSession.website_id)
        .where(NetworkEvent.id.in_(ids))
    )
    found: dict[tuple[int, str], SearchHit] = {}
    for row in db.execute(query.order_by(NetworkEvent.id.desc())):
        places = [
            ("URL", row.url),
            ("request headers", _lines(row.request_headers)),
            ("response headers", _lines(row.response_headers)),
            ("error", row.error_message or ""),
        ]
        hit = _hit(
            asked,
            places,
            website_id=row.website_id,
            website=row.name,
            at=row.timestamp,
            session_id=row.debug_session_id,
            exchange_id=row.exchange_id,
        )
        found.setdefault((row.debug_session_id, row.exchange_id or row.url), hit)
    return list(found.values())[:limit]


def _anywhere(asked: Sequence[str], *columns: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    return and_(*(or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in asked))


def _matching(db: Session, index: SearchIndex, asked: Sequence[str], limit: int) -> list[int]:
    """Return the ids of the newest rows that contain words beginning with each of *asked*."""
    if db.get_bind().dialect.name == "sqlite":
        name, words = index.name, fts5_query(asked)
        query = f"SELECT rowid FROM {name} WHERE {name} MATCH :words ORDER BY rowid DESC LIMIT :limit"  # noqa: S608
    else:
        words = tsquery(asked)
        # `id + 0` prevents the planner from scanning all rows by id.
        query = (
            f"SELECT id FROM {index.table} WHERE {index.condition.format(row='')} "  # noqa: S608
            f"AND {index.vector()} @@ to_tsquery('simple', :words) ORDER BY id + 0 DESC LIMIT :limit"
        )
    return list(db.scalars(text(query), {"words": words, "limit": limit}))


def fts5_query(asked: Sequence[str]) -> str:
    """Return an FTS5 query: each of *asked* as a phrase with a prefix match at its end; all must match."""
    return " AND ".join(f'"{" ".join(parts)}" *' for word in asked if (parts := _parts(word)))


def tsquery(asked: Sequence[str]) -> str:
    """Return the same query in PostgreSQL's syntax."""
    return " & ".join(f"({' <-> '.join(parts)}:*)" for word in asked if (parts := _parts(word)))


def _parts(word: str) -> list[str]:
    """Return the index's words in *word*: letters and digits only, so that none can be an operator."""
    return re.findall(r"[^\W_]+", word.lower())


def _lines(headers: dict[str, str] | None) -> str:
    return "\n".join(f"{name}: {value}" for name, value in (headers or {}).items())


def _hit(asked: Sequence[str], places: Sequence[tuple[str, str]], **facts: Any) -> SearchHit:
    """Return a hit for the first of *places* that contains one of the words, with the text around it."""
    literal = re.compile("|".join(re.escape(word) for word in asked), re.IGNORECASE)
    loose = re.compile("|".join(re.escape(part) for word in asked for part in _parts(word)), re.IGNORECASE)
    for pattern in (literal, loose):
        for where, content in places:
            if match := pattern.search(content):
                start, end = match.span()
                return SearchHit(
                    where=where,
                    before=_cut_before(content[:start]),
                    match=match.group(),
                    after=shortened(content[end:], AROUND),
                    **facts,
                )
    where, content = places[0]
    return SearchHit(where=where, before="", match="", after=shortened(content, 2 * AROUND), **facts)


def _cut_before(content: str) -> str:
    return content if len(content) <= AROUND else f"…{content[1 - AROUND :]}"
