"""Another page: the answer is fine, and not that of the website: a bot wall, a placeholder, a parked domain. Pure."""

from collections.abc import Iterator
from html import unescape

from core.debugging.compare import normalise
from core.diagnosis.broken import site_of
from core.diagnosis.evidence import Evidence, SessionFact
from core.diagnosis.finding import Finding, Row
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.marks import is_wall
from core.diagnosis.rules.page import is_document_fine

FAMILIAR = ("script", "stylesheet", "image", "font")


def another_page(evidence: Evidence) -> Iterator[Finding]:
    """What the page is, against the one of the last good session."""
    session, good = evidence.session, evidence.good_session
    if session is None or good is None or not (is_document_fine(session) and is_document_fine(good)):
        return
    if session.title is None or session.title == good.title:
        return
    shown = is_wall(session.headers, unescape(session.text))
    if shown is not None and is_wall(good.headers, unescape(good.text)) is None:
        yield _wall(evidence, session, shown)
    elif _own(good) and not _own(session) & _own(good):
        yield _other(evidence, session, good)


def _own(session: SessionFact) -> set[str]:
    """What the page loads from its own website, whatever the build's fingerprints."""
    site = site_of(session.url)
    return {
        normalise(one.url)
        for one in session.exchanges
        if one.resource_type in FAMILIAR and site_of(one.url) == site and not one.url.endswith("/favicon.ico")
    }


def _wall(evidence: Evidence, session: SessionFact, shown: str) -> Finding:
    status = session.document.status_code if session.document else None
    return Finding(
        kind=Kind.BOT_WALL,
        sentence=f"{evidence.host} shows us a bot wall instead of the page: {shown}, with status {status}.",
        confidence=Confidence.HIGH,
        why=f"The title is “{session.title}” now, and the last good session showed no such wall. "
        "Let Watchwright's user agent or address through.",
        rows=_document(session),
    )


def _other(evidence: Evidence, session: SessionFact, good: SessionFact) -> Finding:
    return Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"{evidence.host} shows another page: its title is “{session.title}” now and was “{good.title}”, "
        "and nothing of what it loaded before is asked for.",
        confidence=Confidence.LIKELY,
        why="The last good session loaded scripts, style sheets or pictures of the website, and none of them is left: "
        "a placeholder, a parked domain or another site answers at this address.",
        rows=_document(session),
    )


def _document(session: SessionFact) -> tuple[Row, ...]:
    document = session.document
    return (Row(of="exchange", id=document.exchange_id, session_id=session.id),) if document else ()
