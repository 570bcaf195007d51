"""Lists the words by which programs, servers and hosting name the cause of a failure. Pure."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCause:
    """Words by which programs name a cause."""

    clause: str
    """The cause, to follow a colon."""
    pattern: re.Pattern[str]
    is_of_front: bool = False
    """Whether the fault is in the proxy or hosting itself, and not in the server behind it."""


def _cause(clause: str, *patterns: str, is_of_front: bool = False) -> StatedCause:
    return StatedCause(clause=clause, pattern=re.compile("|".join(patterns), re.IGNORECASE), is_of_front=is_of_front)


# The messages of operating systems, databases, languages and servers, verbatim; the more specific ones come first.
CAUSES = (
    _cause(
        "its disk is full",
        r"no space left on device|\berrno:? ?28\b|\benospc\b|disk quota exceeded|database or disk is full|"
        r"not enough space on the disk|could not extend file|flood-stage watermark",
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
        r"getaddrinfo failed|"
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
    _cause("the name of the origin does not resolve", r"\borigin dns error\b|^error (?:code: )?1016$"),
    _cause("the tunnel to the origin is not connected", r"\btunnel error\b|^error (?:code: )?1033$|\berr_ngrok_3200\b"),
    _cause(
        "the application pool of IIS is stopped or overloaded",  # HTTP.sys, which is in front of it, answers
        r"^http error 503\. the service is unavailable",
    ),
    _cause("its server finds no file or script for this address", r"^file not found\.?$|^no input file specified"),
    _cause(
        "no route of its program or proxy matches this address",  # Go and Traefik, Express, Kong, Rails, Laravel
        r"^404 page not found$|^cannot (?:get|head|post|put|patch|delete) /|no route (?:matched|matches|found)\b|"
        r"^the route .{1,200} could not be found",
    ),
    _cause(
        "the hosting has stopped or suspended this website",
        r"\bdeployment_(?:disabled|paused)\b|\bthis account has been suspended\b|"
        r"\bservice (?:has been |is )?suspended\b|\bproject (?:has been |is )?paused\b|"
        r"^(?:error \d{3} ?[-–:] ?)?(?:this |the |your )?(?:site|website|web app|deployment) (?:has been |is |was )?"
        r"(?:currently |temporarily )?(?:suspended|paused|stopped|disabled)\b(?! (?:for|due to|during|while|until)\b)",
        is_of_front=True,
    ),
    _cause(
        "the proxy or hosting in front has no website for this address",
        r"^default backend|nosuchbucket|specified bucket does not exist|deployment_not_found|"
        r"no such app\b|"
        r"there isn't a github pages site here|unknown domain|^site not found|"
        r"misdirected request|there is nothing here, yet|requested url was not found on this host",
        is_of_front=True,
    ),
)
OF_FRONT = tuple(known.clause for known in CAUSES if known.is_of_front)
MAINTENANCE = re.compile(
    r"(?:down|closed|offline|unavailable) (?:for|due to) (?:\w+ ){0,3}maintenance|under(?:going)? (?:\w+ )?maintenance|"
    r"(?:scheduled|planned|emergency) maintenance|maintenance mode|(?:we['’]ll|we will|will) be (?:right )?back "
    r"(?:soon|shortly|online)|wartungsarbeiten|wartungsmodus|wegen wartung|wird (?:\w+ )?gewartet|maintenance en cours|"
    r"en (?:cours de )?maintenance|en mantenimiento|in manutenzione|em manutenção|メンテナンス中|"
    r"przerwa techniczna|prace (?:konserwacyjne|serwisowe)|wegens onderhoud|bakım (?:çalışması|modu)|"
    r"(?:ведутся|проводятся|идут) (?:\w+ )?(?:технические|профилактические|плановые) работы|"
    r"сайт (?:временно недоступен|на (?:техническом )?обслуживании)|(?:网站|系统|正在)维护|维护中|維護中|점검 중",
    re.IGNORECASE,
)
"""What pages say during maintenance; a long page may only mention it."""
IN_MAINTENANCE = StatedCause(clause="it is in maintenance", pattern=MAINTENANCE)
