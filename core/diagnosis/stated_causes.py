"""Reads what an error response says about its own cause, such as a full disk or an exception. Pure."""

import re
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import accumulate, groupby, zip_longest

from core.diagnosis.cause_words import CAUSES, IN_MAINTENANCE
from core.diagnosis.html_text import visible_lines
from core.diagnosis.json_errors import error_response_text, json_texts, unhealthy_part
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

EXCEPTION = re.compile(
    r"(?:^|[\s:(>])((?:[A-Za-z_$][\w$]{0,80}(?:[.\\]|::)){0,12}"
    r"(?:[A-Z][\w$]{0,80}?(?:Error|Exception)\b|Error \[?ERR_\w+\]?))"
    r"(?::|\(| \(| at |$)|\bpanicked at |^panic: |\bfatal error: (?!.*<)|^\w*Error: (?=.{4,200} at )",
)
# The heading of debug pages of Django and Sinatra, and of Rails; the message follows.
HEADING = re.compile(r"([\w:]+(?:Error|Exception|Exist|NotFound)) (?:at /\S*|in [\w:]+#\w+)$")
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
    told = unhealthy_part(text) or error_response_text(text)
    if told is not None and _words_beyond(told, status):
        return _cut(told)
    said = next((line for line in lines if len(_words_beyond(line, status)) >= MIN_WORDS), None)
    return _cut(_with_links(said, text)) if said else None


def _with_links(line: str, text: str) -> str:
    """Return the whole sentence of *line*, of which `ASIDE` removed the links."""
    return next((whole for whole in visible_lines(text) if whole.startswith(line)), line)


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


def _words_beyond(line: str, status: int) -> list[str]:
    """Return the words of *line* that say more than the *status*."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    known = {word.lower() for word in re.findall(r"[A-Za-z]+", phrase)}
    words = " ".join(word for word in line.split() if not NO_WORD.search(word))
    return [word for word in NOT_SAID.sub(" ", words).split() if word.lower() not in known]


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
    different = [line for line, _ in groupby(lines)]  # a page's title is often its heading
    for line, following in zip_longest(different, different[1:], fillvalue=""):
        if (heading := HEADING.match(line)) is not None and following:
            yield f"{heading.group(1)}: {following}"
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
