"""Finds a successful response that is not the website's page: a bot wall, a sign-in, a parked domain. Pure."""

import re
from collections.abc import Iterator
from html import unescape

from core.debugging.compare import compare, normalise
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.html_errors import PASSWORD_FIELD, SMALL_CHARACTERS
from core.diagnosis.html_text import first_words, visible, visible_lines
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.registrable_domain import registrable_domain
from core.diagnosis.response_marks import SIGN_IN, wall_mark
from core.diagnosis.rules.change import renamed_assets
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import short

ONLY_OF_WALLS = ("cf-mitigated", "x-amzn-waf-action")  # headers that only bot walls send
FAMILIAR = ("script", "stylesheet", "image", "font")
CONSENT = re.compile(
    r"consent|cookie-?(?:wall|gate|notice)|gdpr|privacy-?(?:gate|wall)|age-?(?:gate|check)", re.IGNORECASE
)
INSTALLER = re.compile(r"/(?:install(?:ation|er)?|setup)(?:[./]|-config|$)", re.IGNORECASE)
FIGURES = re.compile(r"\d+")


def another_page(evidence: Evidence) -> Iterator[Finding]:
    """Compare the page with that of the last good session."""
    session, good = evidence.page, evidence.good_page
    if session is None:
        return
    if good is None:
        yield from _leads_to_sign_in(session)
        yield from _may_be_wall(evidence, session)
        return
    before_it = _gate(evidence, session, good)
    if before_it is not None:
        yield before_it
        return
    is_renamed, is_strange = session.title != good.title, _is_strange(session, good)
    shown = wall_mark(session.headers, unescape(session.text))
    if shown is not None and wall_mark(good.headers, unescape(good.text)) is None and (is_renamed or is_strange):
        yield _wall(evidence, session, good, shown)
    elif is_renamed and is_strange and "load" in session.milestones:
        yield _other(evidence, session, good)
    elif _is_led_on(session) and not _is_led_on(good) and _place(session) != _place(good):
        yield _elsewhere(evidence, session)


def _leads_to_sign_in(session: SessionFact) -> Iterator[Finding]:
    """Note a sign-in if there is no good session; it may be intended."""
    if (len(session.documents) > 1 or _is_led_on(session)) and _is_sign_in(session):
        yield Finding(
            kind=Kind.CONTENT_CHANGED,
            sentence=f"The page redirects to a sign-in: {_to(session)}.",
            confidence=Confidence.NOTE,
            why="Watchwright cannot see the page behind it. Give the session cookies, headers or a password.",
            rows=session.rows_of(session.document),
        )


def _may_be_wall(evidence: Evidence, session: SessionFact) -> Iterator[Finding]:
    """Report a small page with typical words of a bot wall if there is no good session; forms may contain them, too."""
    shown = wall_mark(session.headers, unescape(session.text))
    if shown is None or len(visible(session.text)) > SMALL_CHARACTERS:
        return
    is_sure = any(name in session.headers for name in ONLY_OF_WALLS)
    yield Finding(
        kind=Kind.BOT_WALL,
        sentence=f"{evidence.host} may show a bot challenge instead of the page: {shown}.",
        confidence=Confidence.LIKELY if is_sure else Confidence.NOTE,
        why="No good session exists to compare with. If it is a bot challenge, allow Watchwright's user agent or "
        "address.",
        rows=session.rows_of(session.document),
    )


def _gate(evidence: Evidence, session: SessionFact, good: SessionFact) -> Finding | None:
    """Return a finding for a new sign-in, consent question or installer in front of the page."""
    is_led = _place(session) != _place(good)
    if is_led and INSTALLER.search(_place(session)) and not INSTALLER.search(_place(good)):
        what, advice = (
            "shows its installer instead of its page",
            "Its program finds no configuration or an empty database, for example after a move or an update.",
        )
    elif _is_sign_in(session) and not _is_sign_in(good) and (is_led or session.title != good.title):
        what, advice = (
            "requires a sign-in before it shows its page",
            "The page was put behind a sign-in, or the session that let visitors in has expired.",
        )
    elif is_led and CONSENT.search(_place(session)) and not CONSENT.search(_place(good)):
        what = "asks for consent before it shows its page"
        advice = "Give its sessions the cookie that records consent."
    else:
        return None
    where = _to(session) if is_led else f"its title is “{session.title}” now"
    return Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"{evidence.host} {what}: {where}.",
        confidence=Confidence.HIGH if is_led else Confidence.LIKELY,
        why=f"In the last good session the page came without it (“{good.title or _place(good)}”). {advice}",
        rows=session.rows_of(session.document),
    )


def _is_sign_in(session: SessionFact) -> bool:
    is_led = len(session.documents) > 1 or _is_led_on(session)
    return PASSWORD_FIELD.search(session.text) is not None or (is_led and SIGN_IN.search(_place(session)) is not None)


def _is_led_on(session: SessionFact) -> bool:
    """Whether a script or refresh led from the page to another one."""
    return _last(session) is not session.documents[-1]


def _last(session: SessionFact) -> Exchange:
    return session.shown or session.documents[-1]


def _place(session: SessionFact) -> str:
    """Return host and path of the last shown page, without parts that change with each visit."""
    parts = split_recorded(normalise(_last(session).url))
    return f"{parts.netloc}{parts.path}"


def _to(session: SessionFact) -> str:
    first, last = session.documents[0], _last(session)
    title = f" (“{session.title}”)" if session.title else ""
    return f"{short(first.url, session.url)} → {short(last.url.partition('?')[0], session.url)}{title}"


def _is_strange(session: SessionFact, good: SessionFact) -> bool:
    """Whether nothing of the page is left: its files, considering renames by a new build, or without files its text."""
    if not _own_files(good):
        now, before = (set(visible_lines(FIGURES.sub("#", page.text))) for page in (session, good))
        return bool(now and before) and not now & before
    has_gone = not _own_files(session) & _own_files(good)
    return has_gone and not renamed_assets(session, compare(good.exchanges, session.exchanges))


def _titled(session: SessionFact) -> str:
    return f"its title is “{session.title}”" if session.title else "it has no title"


def _own_files(session: SessionFact) -> set[str]:
    """Return the files that the page loads from its own domain, normalised so that content hashes do not matter."""
    domain = registrable_domain(session.url)
    return {
        normalise(exchange.url)
        for exchange in session.exchanges
        if exchange.resource_type in FAMILIAR
        and registrable_domain(exchange.url) == domain
        and not exchange.url.endswith("/favicon.ico")
    }


def _wall(evidence: Evidence, session: SessionFact, good: SessionFact, shown: str) -> Finding:
    status = session.document.status_code if session.document else None
    return Finding(
        kind=Kind.BOT_WALL,
        sentence=f"{evidence.host} shows a bot challenge instead of the page: {shown}, with status {status}.",
        confidence=Confidence.HIGH,
        why=f"The last good session showed no bot challenge. Now {_titled(session)}, and it was “{good.title}”. "
        "Allow Watchwright's user agent or address.",
        rows=session.rows_of(session.document),
    )


def _other(evidence: Evidence, session: SessionFact, good: SessionFact) -> Finding:
    words = first_words(session.text, session.title)
    begins = f", and it begins with {words}" if words else ""
    return Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"{evidence.host} shows another page: {_titled(session)} now and was “{good.title}”{begins}.",
        confidence=Confidence.LIKELY,
        why="Nothing is left of the page of the last good session: none of its scripts, style sheets and pictures, or "
        "none of its text if it had no files. This address may show a placeholder, a parked domain, an error page or "
        "another website.",
        rows=session.rows_of(session.document),
    )


def _elsewhere(evidence: Evidence, session: SessionFact) -> Finding:
    return Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"{evidence.host} redirects from its page to another one: {_to(session)}.",
        confidence=Confidence.LIKELY,
        why="A script or a refresh does it, which did not happen in the last good session. Error and maintenance "
        "pages often do this.",
        rows=session.rows_of(_last(session)),
    )
