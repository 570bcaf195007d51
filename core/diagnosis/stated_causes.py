"""Reads what an error response says about its own cause, such as a full disk or an exception. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import accumulate, zip_longest

from core.diagnosis.html_text import visible_lines
from core.diagnosis.json_errors import json_texts
from core.phrases import shortened

LONGEST_QUOTE = 110
BEFORE = 30  # characters of a long line that are quoted before the words that matter
MAX_LINES = 400  # of an error page, which may list all settings
TOLD_CHARACTERS = 20_000  # of one of many responses; to search 65,000 for all causes takes 0.06 s
SMALL_CHARACTERS = 1_200  # a longer page may only mention maintenance
BARE_CHARACTERS = 600  # a longer page was designed by the website, and has a navigation and a footer
MIN_WORDS = 2
# A blog's page for missing articles lists others in links, which may be about such failures.
ASIDE = re.compile(r"<(a|nav|aside|footer)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
DESIGNED = re.compile(r"<(?:nav|form|main)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCause:
    """Words by which programs name a cause."""

    clause: str
    """The cause, to follow a colon."""
    pattern: re.Pattern[str]


def _cause(clause: str, *patterns: str) -> StatedCause:
    return StatedCause(clause=clause, pattern=re.compile("|".join(patterns), re.IGNORECASE))


# The messages of operating systems, databases, languages and servers, verbatim; the more specific ones come first.
CAUSES = (
    _cause(
        "its disk is full",
        r"no space left on device|\berrno:? ?28\b|\benospc\b|disk quota exceeded|database or disk is full|"
        r"not enough space on the disk|could not extend file",
    ),
    _cause(
        "it has run out of memory",
        r"outofmemory(?:error|exception)|heap out of memory|allowed memory size of \d+ bytes exhausted|"
        r"cannot allocate memory|\benomem\b|\bmemoryerror\b|oom command not allowed",
    ),
    _cause(
        "its database has no free connection",
        r"too many (?:database )?connections(?! (?:from|per)\b)|too many clients already|"
        r"remaining connection slots|queuepool limit|max_user_connections|connection pool (?:is )?(?:exhausted|full)|"
        r"connection is not available, request timed out|"
        r"timeout (?:expired|exceeded).{0,60}(?:connection from the pool|trying to connect)|"
        r"timed out fetching a new connection from the connection pool",
    ),
    _cause(
        "its database lacks a table or column, as after a deploy without its migration",
        r"\b(?:relation|column|table) [\"'`]?[^\"'`\s]{1,100}[\"'`]? (?:does not|doesn't) exist|"
        r"no such (?:table|column)\b|"
        r"unknown column '|base table or view not found|invalid (?:object|column) name '|undefined(?:table|column)\b|"
        r"you have \d+ unapplied migration|migrations are pending",
    ),
    _cause(
        "its database accepts no changes now",
        r"in a read-only transaction|--read-only option|readonly database|database is (?:in )?read-?only",
    ),
    _cause("its database is locked", r"database is locked|lock wait timeout exceeded|deadlock (?:found|detected)"),
    _cause(
        "its database refuses the sign-in",
        r"password authentication failed for|access denied for user '|login failed for user '|no pg_hba\.conf entry",
    ),
    _cause(
        "it cannot reach its database",
        r"error establishing a database connection|"
        r"(?:could not|cannot|can't|unable to|failed to) connect to (?:the |local )?"
        r"(?:database|mysql|postgres|mongo)|sqlstate\[(?:hy000|08006)\] \[(?:2002|2003|7)\]|mysqli?_connect\(|"
        r"connection to server at .{1,100} failed|could not connect to server|mongo\w*serverselection|"
        r"communications link failure|can't reach database server|database (?:is )?unavailable",
    ),
    _cause(
        "it cannot resolve the name of a service that it needs",
        r"\b(?:enotfound|eai_again)\b|name or service not known|temporary failure in name resolution|"
        r"getaddrinfo failed|origin dns error|"
        r"php_network_getaddresses|\bno such host\b|unknownhostexception|could not (?:resolve|translate) host",
    ),
    _cause(
        "it does not trust the certificate of a service that it needs",
        r"certificate verify failed|pkix path building failed|"
        r"unable to (?:get local issuer|verify the first) certificate|"
        r"\bx509: |cert_has_expired|self[- ]signed certificate",
    ),
    _cause(
        "a service that it needs does not accept connections",
        r"\b(?:econnrefused|econnreset|ehostunreach)\b|connection ?refused|no route to host|errno 111\b|"
        r"actively refused it|misconf redis",
    ),
    _cause(
        "something that it needs takes too long",
        r"\betimedout\b|read timed out|sockettimeoutexception|context deadline exceeded|maximum execution time of|"
        r"upstream request timeout|statement timeout|task timed out after|endpoint request timed out|"
        r"curl error 28\b|worker timeout",
    ),
    _cause(
        "a part of its program is missing, as after an incomplete deploy",
        r"cannot find (?:module|package) '|\bmodulenotfounderror\b|no module named|"
        r"\bclass(?:notfound|defnotfound)exception|"
        r"noclassdeffounderror|class [\"'][^\"']{1,100}[\"'] not found|failed opening required|failed to open stream: "
        r"no such file|call to undefined (?:function|method)|could not load file or assembly|cannot load such file|"
        r"templatedoesnotexist|templatenotfound|missing template|view \[[^\]]{1,100}\] not found",
    ),
    _cause(
        "a setting is missing or wrong",
        r"no application encryption key|improperlyconfigured|"
        r"environment variable\b.{0,60}(?:not set|missing|required|undefined)|"
        r"missing (?:required )?env|\bkeyerror: '(?-i:[A-Z][A-Z_]{3,})'|secret_key_base",
    ),
    _cause(
        "its database user lacks a permission",
        r"permission denied for (?:table|relation|schema|sequence|view|function|database|column)\b|"
        r"command denied to user '|permission was denied on the object '",
    ),
    _cause(  # not "permission denied" alone, which refuses the visitor
        "it may not read or write a file that it needs",
        r"\b(?:f?open|mkdir|unlink|rename|stat|exec|\w{1,40}_contents)(?:\(| ?(?:file )?[\"'/]).{0,200}"
        r"permission denied|\berrno:? ?13\b|\bos error 13\b|\(13[:)] ?permission denied|"
        r"failed to open stream: permission denied|filenotfoundexception: .{1,200}\(permission denied\)|"
        r"\beacces\b|\beperm\b|read-only file system|\berofs\b|access to the path '",
    ),
    _cause("it has too many open files", r"too many open files|\bemfile\b|\benfile\b"),
    _cause(
        "it does not accept this host name",
        r"invalid http_host header|\bdisallowedhost\b|blocked hosts?:|invalid host header|"
        r"this host .{1,100}is not allowed",
    ),
    _cause(
        "a clock is wrong",
        r"requesttimetooskewed|request time and the current time is too large|token used (?:before issued|too early)|"
        r"clock skew|not (?:yet )?valid \((?:iat|nbf)",
    ),
    _cause(
        "the port expects https",
        r"plain http request was sent to (?:the )?https port|sent an http request to an https server|"
        r"speaking plain http to an ssl",
    ),
    _cause(
        "the headers of the request, usually its cookies, are too large",
        r"request header (?:or cookie )?(?:fields? )?too (?:large|big)|header fields? too large|"
        r"size of a request header field exceeds",
    ),
    _cause(
        "the proxy or hosting in front has no website for this address",
        r"^default backend|no route matched|nosuchbucket|specified bucket does not exist|deployment_not_found|"
        r"no such app\b|"
        r"there isn't a github pages site here|unknown domain|^site not found|"
        r"misdirected request|there is nothing here, yet|requested url was not found on this host",
    ),
)
MAINTENANCE = re.compile(
    r"(?:down|closed|offline|unavailable) (?:for|due to) (?:\w+ ){0,3}maintenance|under(?:going)? (?:\w+ )?maintenance|"
    r"(?:scheduled|planned|emergency) maintenance|maintenance mode|(?:we['’]ll|we will|will) be (?:right )?back "
    r"(?:soon|shortly|online)|wartungsarbeiten|wartungsmodus|wegen wartung|wird (?:\w+ )?gewartet|maintenance en cours|"
    r"en (?:cours de )?maintenance|en mantenimiento|in manutenzione|em manutenção|メンテナンス中|维护中",
    re.IGNORECASE,
)
"""What pages say during maintenance; a long page may only mention it."""
IN_MAINTENANCE = StatedCause(clause="it is in maintenance", pattern=MAINTENANCE)
EXCEPTION = re.compile(
    r"(?:^|[\s:(>])((?:[A-Za-z_$][\w$]{0,80}(?:[.\\]|::)){0,12}"
    r"(?:[A-Z][\w$]{0,80}?(?:Error|Exception)\b|Error \[?ERR_\w+\]?))"
    r"(?::|\(| \(| at |$)|\bpanicked at |^panic: |\bfatal error: (?!.*<)|^\w*Error: (?=.{4,200} at )",
)
OF_DJANGO = re.compile(r"(\w+(?:Error|Exception|Exist)) at /\S*$")  # the heading of its debug page; the message follows
NOT_SAID = re.compile(
    r"\b(?:http|status|code|error|message|description|oops|nginx|apache|server|port|openresty|at|the|and|"
    r"localhost|tomcat|iis|caddy|request|time|out|type|report|exception|traceback|id|ray|trace|reference|correlation)\b|[\d\W_]+",
    re.IGNORECASE,
)
"""Words of error pages that say nothing beyond the status."""
NO_WORD = re.compile(r"[\d/]|\w:\w")
"""What dates, paths, addresses and IDs contain."""


def stated_cause(text: str) -> str | None:
    """Return the cause that the error response *text* states, with a quote, such as ``its disk is full (“…”)``.

    Returns:
        A clause to follow a colon; None if the response names no cause.
    """
    lines = _lines(text)
    if (stated := _stated(lines)) is not None:
        return f"{stated[0]} (“{stated[1]}”)"
    thrown = _thrown(lines)
    return f"its program fails with “{thrown}”" if thrown else None


def telling_words(text: str, status: int) -> str | None:
    """Return the words of an error response with *status* that tell most about its cause; None if none tells more.

    Only the beginning of a long response is searched, because a page may receive many.
    """
    lines = _beginning(_lines(text))
    stated = _stated(lines)
    return stated[1] if stated else _thrown(lines) or _bare_words(text, lines, status)


def own_words(text: str, status: int) -> str | None:
    """Return the first words of a bare error response that say more than its *status*; None without such words."""
    return _bare_words(text, _lines(text), status)


def _bare_words(text: str, lines: Sequence[str], status: int) -> str | None:
    if sum(map(len, lines)) > BARE_CHARACTERS or DESIGNED.search(text):
        return None
    return next((_cut(line) for line in lines if _says_more(line, status)), None)


def _stated(lines: Sequence[str]) -> tuple[str, str] | None:
    """Return the clause of a known cause and the words that state it."""
    is_long = sum(map(len, lines)) > SMALL_CHARACTERS
    for known in CAUSES if is_long else (*CAUSES, IN_MAINTENANCE):
        for line in lines:
            if (found := known.pattern.search(line)) is not None:
                return known.clause, _quote(line, found)
    return None


def _lines(text: str) -> Sequence[str]:
    return (json_texts(text) or visible_lines(ASIDE.sub("\n", text)))[:MAX_LINES]


def _beginning(lines: Sequence[str]) -> Sequence[str]:
    ends = accumulate(map(len, lines))
    return [line[:TOLD_CHARACTERS] for line, end in zip(lines, ends, strict=True) if end - len(line) < TOLD_CHARACTERS]


def _says_more(line: str, status: int) -> bool:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    known = {word.lower() for word in re.findall(r"[A-Za-z]+", phrase)}
    words = " ".join(word for word in line.split() if not NO_WORD.search(word))
    left = [word for word in NOT_SAID.sub(" ", words).split() if word.lower() not in known]
    return len(left) >= MIN_WORDS


def _thrown(lines: Sequence[str]) -> str | None:
    """Return the exception of a stack trace; where several led to each other, the one that began."""
    found = list(_exceptions(lines))
    if not found:
        return None
    causes = [line for line in found if line.startswith("Caused by:")]
    is_python = any(line.startswith("Traceback (most recent call last)") for line in lines)
    line = causes[-1] if causes else found[-1] if is_python else found[0]
    return _cut(line.removeprefix("Caused by:").strip())


def _exceptions(lines: Sequence[str]) -> Iterator[str]:
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if (page := OF_DJANGO.match(line)) is not None and following:
            yield f"{page.group(1)}: {following}"
        elif (found := EXCEPTION.search(line)) is not None:
            start = found.start(1) if found.group(1) else found.start()
            yield line if line.startswith("Caused by:") else line[start:]


def _quote(line: str, found: re.Match[str]) -> str:
    """Return *line*; of a long one the part around the match."""
    if len(line) <= LONGEST_QUOTE or found.end() <= LONGEST_QUOTE:
        return _cut(line)
    return _cut("…" + line[max(0, found.start() - BEFORE) :])


def _cut(words: str) -> str:
    return shortened(words.strip(" .:"), LONGEST_QUOTE)
