"""What a page of a good status says of itself: that it is down, in error, a server's own, for sale. Pure."""

import re
from collections.abc import Iterator
from html import unescape

from core.diagnosis.evidence import Evidence, SessionFact
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.page import is_document_fine

SMALL_CHARACTERS = 1_000  # of a page that says nothing else; a longer one may write about such words
LONGEST_QUOTE = 120
TRACES = re.compile(
    r"\b(?:fatal|parse) error ?: |traceback \(most recent call last\)|sqlstate\[\w+\]|mysqli?_connect\(\)|"
    r"operationalerror\b|unhandled exception (?:occurred|at)|server error in '[^']{1,100}' application",
    re.IGNORECASE,
)
"""What no page writes to its visitors on purpose."""
IN_ERROR = "shows an error of its own application"
WORDS: tuple[tuple[Kind, str, re.Pattern[str]], ...] = (
    (
        Kind.ORIGIN_ERROR,
        "says that it cannot reach its database",
        re.compile(
            r"error establishing a database connection|(?:could not|cannot|unable to|failed to) connect to (?:the )?"
            r"database|database (?:error|connection (?:failed|error))|too many (?:database )?connections",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.ORIGIN_ERROR,
        IN_ERROR,
        re.compile(
            rf"{TRACES.pattern}|there has been a critical error on this website|whitelabel error page|"
            r"the website encountered an unexpected error|we're sorry, but something went wrong|"
            r"whoops, looks like something went wrong|application error: a (?:client|server)-side exception|"
            r"^(?:error )?(?:50[0234]\b.{0,3})?(?:internal server error|bad gateway|gateway time-?out|"
            r"service (?:temporarily )?unavailable)",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.ORIGIN_ERROR,
        "says that it is down for maintenance",
        re.compile(
            r"(?:down|closed|offline|unavailable) (?:for|due to) (?:\w+ ){0,3}maintenance|under(?:going)? (?:\w+ )?"
            r"maintenance|(?:scheduled|planned|emergency) maintenance|maintenance mode|(?:we['’]ll|we will|will) be "
            r"(?:right )?back (?:soon|shortly|online)|wartungsarbeiten|wartungsmodus|wegen wartung|"
            r"maintenance en cours|en (?:cours de )?maintenance|en mantenimiento|in manutenzione|em manutenção|"
            r"メンテナンス中|维护中",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.CONTENT_CHANGED,
        "is one that a web server shows by itself, and not the website's",
        re.compile(
            r"^index of /|welcome to (?:nginx|openresty|caddy)|apache2? (?:\w+ )?default page|^iis windows|"
            r"test page for the (?:apache|http|nginx)|^it works!|default (?:web|server|vhost) page|"
            r"there is nothing here, yet|no such app|project not found|deployment_not_found",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.CONTENT_CHANGED,
        "says that the account is suspended, or the domain expired or for sale",
        re.compile(
            r"account (?:has been )?suspended|website (?:has been |is )?(?:suspended|disabled)|buy this domain|"
            r"domain (?:name )?(?:is |may be |has )?(?:for sale|parked|expired)",
            re.IGNORECASE,
        ),
    ),
)
# What is not closed goes on to the end, as in a browser; and so a hostile page cannot have each begin a search anew.
_UNSEEN = re.compile(
    r"<(script|style|template|noscript)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_HEADLINE = re.compile(r"<(title|h1)\b[^<>]*>(.*?)(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def own_words(evidence: Evidence) -> Iterator[Finding]:
    """What the words of the page give away, if the last good session had not the same ones."""
    session = evidence.session
    document = session.document if session else None
    if session is None or document is None or not is_document_fine(session) or (document.status_code or 0) >= 400:
        return
    good = evidence.good_session if evidence.good_session and is_document_fine(evidence.good_session) else None
    text = _visible(session.text)
    headlines = (session.title or "", *_headlines(session.text))
    before = f"{good.title or ''} {_visible(good.text)}" if good else ""
    for kind, what, pattern in WORDS:
        found = next(filter(None, map(pattern.search, headlines)), None)
        if found is None:
            # In a long page it may be what the page is about, but for a trace that was not there before.
            told_by = pattern if len(text) <= SMALL_CHARACTERS else TRACES if good and what == IN_ERROR else None
            found = told_by.search(text) if told_by else None
        if found is not None and not pattern.search(before):
            yield _finding(evidence, session, kind, f"{what}: “{_quote(found)}”", good)
            return


def _finding(evidence: Evidence, session: SessionFact, kind: Kind, what: str, good: SessionFact | None) -> Finding:
    document = session.document
    assert document is not None
    return Finding(
        kind=kind,
        sentence=f"{evidence.host} answers with status {document.status_code}, but the page {what}.",
        confidence=Confidence.HIGH if good is not None else Confidence.LIKELY,
        why="The page says so itself, with a status that says that all is well, so that a check needs an expectation "
        "of its text to see it. "
        + ("The last good session had no such words." if good else "There is no good session to compare with."),
        rows=(session.row_of(document),),
    )


def _headlines(source: str) -> list[str]:
    return [_plain(match[2]) for match in _HEADLINE.finditer(_UNSEEN.sub(" ", source))]


def _visible(source: str) -> str:
    return _plain(_UNSEEN.sub(" ", source))


def _plain(source: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", source)).split())


def _quote(found: re.Match[str]) -> str:
    """The words and what follows them in their sentence."""
    begins = found.string[found.start() :]
    words = _plain(re.split(r"[\n.!?](?:\s|$)", begins, maxsplit=1)[0])
    return words if len(words) <= LONGEST_QUOTE else words[: LONGEST_QUOTE - 1] + "…"
