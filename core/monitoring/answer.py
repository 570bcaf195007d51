"""Evaluates expectations on an answer's body: its text, its JSON, and messages about both. Pure."""

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import orjson

from core.monitoring.probe import ProbeResult
from core.monitoring.secrets import excerpt, masked
from core.schemas.patterns import json_path_of, regex_of

CHARSET = re.compile(r"charset\s*=\s*\"?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Python has many more codecs. Some take quadratic time, and some are not character sets.
CHARSETS = re.compile(r"utf-(8|16|32)|ascii|iso8859-|cp125|gb|big5|euc_|shift_jis|koi8")
CONTEXT = 40  # characters shown before the unexpected text
MAX_VALUES = 20_000  # per document for a JSON path with .., * or ?: its search takes half a second at worst


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The body of a website's answer. Its messages are bounded and without secrets."""

    body: bytes
    is_cut: bool
    """Whether the body was longer than the part that was kept."""
    charset: str
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, result: ProbeResult, secrets: tuple[str, ...]) -> Self:
        """Return the final answer of *result*."""
        kind = dict(reversed(result.headers)).get("content-type", "")
        named = CHARSET.search(kind)
        return cls(
            body=(result.body or b"").removeprefix(codecs.BOM_UTF8),
            is_cut=result.is_body_cut,
            charset=_known(named.group(1)) if named else "utf-8",
            secrets=secrets,
        )

    @cached_property
    def text(self) -> str:
        """The decoded body, with replacement characters for invalid bytes."""
        return self.body.decode(self.charset, "replace")

    @property
    def words(self) -> str:
        """What the body holds, as the end of a message about an unmet expectation."""
        if not self.body:
            return "it is empty"
        begins = f"it begins with {excerpt(self.text, self.secrets, is_cut=self.is_cut)!r}"
        return f"{begins}, and only its first MiB was searched" if self.is_cut else begins

    def quote(self, text: str) -> str:
        """Return *text*, from the website's options, quoted, shortened and without secrets."""
        return repr(excerpt(text, self.secrets))

    def contains(self, text: str) -> bool:
        return text in self.text

    def around(self, text: str) -> str:
        """Return a message that quotes *text* with its context in the body."""
        shown = masked(self.text, self.secrets)
        at = shown.find(text)
        if at < 0:
            return "it does"
        return f"it says {excerpt(shown[max(at - CONTEXT, 0) :], self.secrets, is_cut=self.is_cut)!r}"

    def matches(self, pattern: str) -> bool:
        """Return whether *pattern* (RE2) matches anywhere in the body."""
        body = self.body if self.charset == "utf-8" else self.text.encode()
        return regex_of(pattern).search(body) is not None

    def json(self) -> Any:
        """Return the body parsed as JSON.

        Raises:
            ValueError: The body is not JSON.
        """
        return orjson.loads(self.body if self.charset == "utf-8" else self.text)

    def unlike(self, document: Any, path: str, wanted: Any) -> str | None:
        """Return a message about the value at *path* that differs from *wanted*; None if all values are equal to it."""
        from jsonpath_rfc9535 import JSONPathError  # 7 MB, so imported only if a website has a JSON path

        query = json_path_of(path)
        if not query.singular_query() and sum(map(self.body.count, (b",", b"[", b"{"))) > MAX_VALUES:
            return f"the document holds more than {MAX_VALUES:,} values; use a path without .., * and ?"
        try:
            values = [node.value for node in query.finditer(document)]
        except (JSONPathError, RecursionError):
            return "the document is nested too deeply to evaluate the path"
        if not values:
            return f"there is nothing; {self.words}"
        return next((f"it is {self._shown(value)}" for value in values if not _equal(value, wanted)), None)

    def _shown(self, value: Any) -> str:
        return excerpt(orjson.dumps(value).decode(), self.secrets)


def _equal(value: Any, wanted: Any) -> bool:
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)  # in Python, True == 1


def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return "utf-8"
    return name if CHARSETS.match(name) else "utf-8"
