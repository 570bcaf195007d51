"""Recognises errors by the words of pages, and in HTML responses to scripts, such as a fragment for htmx. Pure."""

import re
from dataclasses import dataclass

from core.diagnosis.cause_words import MAINTENANCE
from core.diagnosis.html_text import visible
from core.diagnosis.kinds import Kind
from core.phrases import shortened

SMALL_CHARACTERS = 1_000  # a longer page may only write about such failures
MAX_CHARACTERS = 60  # of a quote
PASSWORD_FIELD = re.compile(r"""<input\b[^>]{0,500}\btype\s?=\s?["']?password""", re.IGNORECASE)
TRACES = re.compile(
    r"\b(?:fatal|parse) error ?: (?:uncaught\b|allowed memory|[^<>]{1,300}? in \S{1,200}\.\w{2,5}\b)|"
    r"traceback \(most recent call last\)|sqlstate\[\w+\]|mysqli?_connect\(\)|"
    r"operationalerror\b|unhandled exception (?:occurred|at)|server error in '[^']{1,100}' application|"
    r"you have an error in your sql syntax|\b(?:warning|notice|deprecated) ?: [^<>]{1,200}? in \S{1,200}\.php\b",
    re.IGNORECASE,
)
"""Error messages that no page shows intentionally."""
IN_ERROR = "shows an application error"
OF_SERVER = "is a web server's default page"
LISTING = "is a list of files, as web servers show for a folder without an index page"
MAYBE_INTENDED = (OF_SERVER, LISTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPattern:
    """Words that show a failure."""

    kind: Kind
    what: str
    """The predicate of a sentence about the page."""
    pattern: re.Pattern[str]


TEXT_PATTERNS = (
    TextPattern(
        kind=Kind.ORIGIN_ERROR,
        what=IN_ERROR,
        pattern=re.compile(
            rf"{TRACES.pattern}|there has been a critical error on this website|whitelabel error page|"
            r"^wordpress [›»] (?!installation|instala|setup|update)|"  # the title of its error pages in every language
            r"the website encountered an unexpected error|we're sorry, but something went wrong|"
            r"\[an error occurred while processing this directive\]|"
            r"whoops, looks like something went wrong|application error: a (?:client|server)-side exception|"
            r"^(?:error )?(?:50[0234]\b.{0,3})?(?:internal server error|bad gateway|gateway time-?out|"
            r"service (?:temporarily )?unavailable)",
            re.IGNORECASE,
        ),
    ),
    TextPattern(  # after the traces, which say it more exactly
        kind=Kind.ORIGIN_ERROR,
        what="says that it cannot reach its database",
        pattern=re.compile(
            r"error establishing a database connection|(?:could not|cannot|unable to|failed to) connect to (?:the )?"
            r"(?:database|mysql)|database (?:error|connection (?:failed|error))|too many (?:database )?connections",
            re.IGNORECASE,
        ),
    ),
    TextPattern(
        kind=Kind.ORIGIN_ERROR,
        what="says that it is down for maintenance",
        pattern=MAINTENANCE,
    ),
    TextPattern(
        kind=Kind.QUOTA,
        what="puts visitors into a queue",
        pattern=re.compile(
            r"you are (?:now )?in (?:line|the queue|a queue)\b|virtual waiting room|estimated wait(?:ing)? time",
            re.IGNORECASE,
        ),
    ),
    TextPattern(
        kind=Kind.CONTENT_CHANGED,
        what="says that it is not available in this machine's country or region",
        pattern=re.compile(
            r"(?:\bnot|\bunavailable|n['’]t|\bblocked|\brestricted)\b.{0,40}\b(?:in|for|from) (?:your|this) "
            r"(?:country|region|location)\b",
            re.IGNORECASE,
        ),
    ),
    TextPattern(
        kind=Kind.CONTENT_CHANGED,
        what="says that the page does not exist",
        pattern=re.compile(
            r"^(?:error:? )?404\b|^(?:sorry,? )?(?:(?:this|that|the) )?page (?:(?:was|is|could|can) ?)?not "
            r"(?:be )?found|^(?:diese |die )?seite (?:wurde )?nicht gefunden|^page (?:non trouvée|introuvable)|"
            r"^página no encontrada|^pagina non trovata",
            re.IGNORECASE,
        ),
    ),
    TextPattern(
        kind=Kind.CONTENT_CHANGED,
        what=LISTING,
        pattern=re.compile(r"^(?:index of|directory listing for|listing directory) /", re.IGNORECASE),
    ),
    TextPattern(
        kind=Kind.CONTENT_CHANGED,
        what=OF_SERVER,
        pattern=re.compile(
            r"welcome to (?:nginx|openresty|caddy)|^iis windows|"
            r"test page for the (?:apache|http|nginx)|^it works!|^(?:[\w'’]+ ){0,4}default (?:\w+ ){0,2}page\b|"
            r"you(?:['’]re| are)? see(?:ing)? this(?: page| message)?(?:,| because\b)|"
            r"you have reached this page because|"
            r"there is nothing here, yet|no such app|project not found|deployment_not_found",
            re.IGNORECASE,
        ),
    ),
    TextPattern(
        kind=Kind.CONTENT_CHANGED,
        what="says that it is a test system",
        pattern=re.compile(
            r"[\[(](?:staging|stage|test|testing|dev|uat|qa|preprod)[\])]|"
            r"\b(?:staging|test|development|uat|qa|pre-?prod(?:uction)?) (?:environment|system|instance)\b",
            re.IGNORECASE,
        ),
    ),
    TextPattern(
        kind=Kind.CONTENT_CHANGED,
        what="says that an account, licence or domain is suspended, expired or for sale",
        pattern=re.compile(
            r"account (?:has been )?suspended|"
            r"(?:account|licen[cs]e|subscription|trial|website) (?:has |is )?expired(?! ?\?)|"
            r"website (?:has been |is )?(?:suspended|disabled)|buy this domain|"
            r"domain (?:name )?(?:is |may be |has )?(?:for sale|parked|expired)|"
            r"(?:shop|store) is (?:currently |temporarily )?(?:unavailable|closed)",
            re.IGNORECASE,
        ),
    ),
)
# reCAPTCHA, Stripe and others tell in their frames that they refuse the website's key or domain.
OF_WIDGETS = re.compile(
    r"error for site owner\b|invalid (?:site|api|publishable)[ -]?key|domain (?:is )?not (?:allowed|authori[sz]ed)|"
    r"this (?:content|widget|video|map) (?:is|was) (?:not available|unavailable|blocked)",
    re.IGNORECASE,
)


def error_in_html(source: str) -> str | None:
    """Return what the HTML *source* says of an error, or that it asks for a password; None if it does neither."""
    text = visible(source)
    patterns = [TRACES]  # a longer text may be about other failures
    if len(text) <= SMALL_CHARACTERS:
        patterns = [known.pattern for known in TEXT_PATTERNS if known.kind is Kind.ORIGIN_ERROR] + [OF_WIDGETS]
    found = next(filter(None, (pattern.search(text) for pattern in patterns)), None)
    if found is not None:
        return f"it reports an error: “{shortened(text[found.start() :], MAX_CHARACTERS)}”"
    return "it asks for a password" if PASSWORD_FIELD.search(source) else None
