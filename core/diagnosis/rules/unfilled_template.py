"""Finds placeholders of a template that the server left unfilled in a page. Pure."""

import re
from collections.abc import Iterator
from itertools import chain, groupby

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.html_text import SAMPLE, visible, visible_lines
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.session_facts import SessionFact
from core.diagnosis.words import listed
from core.phrases import shortened

# Tags of Jinja, Twig, Liquid and Handlebars, and of ERB, EJS and JSP.
PLACEHOLDER = re.compile(
    r"\{%-? ?[a-z]\w{0,40}(?: [^{}%]{0,80})?%\}|\{\{\{? ?[#/]?[\w.| -]{1,80} ?\}?\}\}|<%[=-]? [^%]{1,80} ?%>"
)
# A line of nothing but names of texts, such as ``cart.checkout_button``.
TEXT_NAMES = re.compile(r"[A-Za-z]\w*(?:\.\w+)*\.[A-Za-z_]{4,}(?: [A-Za-z]\w*(?:\.\w+)*\.[A-Za-z_]{4,})*")
MIN_TEXT_NAMES = 3  # with different ends, unlike a list of files of one type
OF_BROWSERS = re.compile(r"\{\{")  # scripts such as Vue and Angular fill these in the browser
MAX_CHARACTERS = 60


def unfilled_template(evidence: Evidence) -> Iterator[Finding]:
    """Report placeholders that the page shows and the last good session did not."""
    session, good = evidence.page, evidence.good_page
    if session is None or good is None:
        return
    title = session.title or ""
    found = _placeholders(title) or [] if good.title != title else []
    if not _placeholders(good.text):
        found = found or _of_server(session)
    found = found or _new_text_names(session, good)
    if not found:
        return
    yield Finding(
        kind=Kind.CONTENT_CHANGED,
        sentence=f"{evidence.host} shows placeholders of a template in place of content: "
        f"{listed([f'“{shortened(placeholder, MAX_CHARACTERS)}”' for placeholder in found], limit=2)}.",
        confidence=Confidence.LIKELY,
        why="The last good session had none. A template is not filled in, as after a deploy of its source, without its "
        "translations, or with a wrong setting.",
        rows=session.rows_of(session.document),
    )


def _of_server(session: SessionFact) -> list[str]:
    """Return the placeholders that no script of the page fills."""
    has_scripts = any(exchange.resource_type == "script" for exchange in session.exchanges)
    return [
        placeholder
        for placeholder in _placeholders(session.text)
        if not (has_scripts and OF_BROWSERS.match(placeholder))
    ]


def _new_text_names(session: SessionFact, good: SessionFact) -> list[str]:
    """Return the names of texts that the page shows in place of the texts, as with missing translations."""
    names = _text_names(session.text) if not _text_names(good.text) else []
    names = names or _shown_names(session, good)
    groups = {name.partition(".")[0] for name in names}
    # Files and persons have no groups in common, and the domains of one owner have only one.
    is_grouped = 1 < len(groups) < len(names)
    return names if is_grouped and len({name.rpartition(".")[2] for name in names}) >= MIN_TEXT_NAMES else []


def _text_names(source: str) -> list[str]:
    lines = filter(TEXT_NAMES.fullmatch, visible_lines(SAMPLE.sub(" ", source)))
    return list(dict.fromkeys(name for line in lines for name in line.split()))


def _shown_names(session: SessionFact, good: SessionFact) -> list[str]:
    """Return the names of texts that scripts wrote into the page, of which several follow each other."""
    if session.shown_page is None or good.shown_page is None:
        return []
    words, before = session.shown_page.text.split(), good.shown_page.text.split()
    runs = [list(run) for is_name, run in groupby(words, lambda word: bool(TEXT_NAMES.fullmatch(word))) if is_name]
    if any(map(TEXT_NAMES.fullmatch, before)) or max(map(len, runs), default=0) < MIN_TEXT_NAMES:
        return []
    return list(dict.fromkeys(chain.from_iterable(runs)))


def _placeholders(source: str) -> list[str]:
    """Return the different placeholders in the visible text, except in samples of code."""
    text = visible(SAMPLE.sub(" ", source))
    return list(dict.fromkeys(found.group() for found in PLACEHOLDER.finditer(text)))
