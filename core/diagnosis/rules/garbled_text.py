"""Finds letters that a page shows in the wrong encoding and showed well in the last good session. Pure."""

import re
from collections.abc import Iterator

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.html_text import visible
from core.diagnosis.kinds import Confidence, Kind

CODECS = ("cp1252", "latin-1")  # browsers read Latin-1 as the former (WHATWG Encoding), some programs as the latter
SUSPICIOUS = re.compile(r"[^\s\x00-\x7f]")
MAX_WORDS = 50  # a page with garbled letters has many, and a hostile one could have any number
MAX_LETTERS = 60
MIN_LETTERS = 2  # that are left of a word, to recognise it
LOST = "\ufffd"  # what browsers show for bytes that are no UTF-8


def garbled_text(evidence: Evidence) -> Iterator[Finding]:
    """Report a word of the good page that now appears in another encoding."""
    session, good = evidence.page, evidence.good_page
    if session is None or good is None:
        return
    before = f"{good.title or ''} {visible(good.text)}"
    words = [word for word in f"{session.title or ''} {visible(session.text)}".split() if SUSPICIOUS.search(word)]
    known = set(before.split())
    for word in words[:MAX_WORDS]:
        if word in known or len(word) > MAX_LETTERS:
            continue
        meant = _repaired(word, known)
        if meant is not None:
            yield Finding(
                kind=Kind.CONTENT_CHANGED,
                sentence=f"{evidence.host} shows letters in the wrong encoding: “{word}” in place of “{meant}”.",
                confidence=Confidence.HIGH,
                why=_why(session.headers.get("content-type"), good.headers.get("content-type")),
                rows=session.rows_of(session.document),
            )
            return


def _repaired(word: str, known: set[str]) -> str | None:
    """Return the word of the good page that *word* is in another encoding; None if it is no such word."""
    if LOST in word:
        if len(word.replace(LOST, "")) < MIN_LETTERS:
            return None
        pattern = re.compile(".".join(map(re.escape, re.split(f"{LOST}+", word))))
        return next((word for word in sorted(known) if SUSPICIOUS.search(word) and pattern.fullmatch(word)), None)
    for codec in CODECS:
        try:
            meant = word.encode(codec).decode()
        except UnicodeError:
            continue
        if meant in known:
            return meant
    return None


def _why(now: str | None, before: str | None) -> str:
    if now != before:
        return f"The header Content-Type is {_quoted(now)}, and was {_quoted(before)} in the last good session."
    return (
        "The last good session showed it well, with the same Content-Type. The text may have been stored or read with "
        "another encoding, as after an import or a change of the database's connection."
    )


def _quoted(header: str | None) -> str:
    return f"“{header}”" if header else "missing"
