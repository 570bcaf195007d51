"""Turns a recorded request into a command or program that sends it again. Pure.

Recorded values are hostile: every value is quoted so that a shell, JavaScript or Python treats it as text only.
Redacted values stay redacted; the user has to fill them in.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.debugging.headers import header_lines

# Headers that a client sets by itself, or that could contradict the body it sends.
CLIENT_HEADERS = frozenset(
    {"content-length", "host", "connection", "transfer-encoding", "accept-encoding", "keep-alive"}
)
# Headers that scripts cannot set (Fetch Standard, forbidden request-headers); a browser would ignore them.
FORBIDDEN_IN_FETCH = CLIENT_HEADERS | {
    "cookie",
    "origin",
    "referer",
    "user-agent",
    "date",
    "dnt",
    "te",
    "upgrade",
    "via",
}
_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)  # RFC 9110 §5.6.2; excludes "@name", which curl reads from a file
_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+=,-]+")
_NEEDS_ESCAPE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedRequest:
    """A recorded request."""

    method: str
    url: str
    headers: Mapping[str, str]
    """The values of a repeated header are joined by line feeds."""
    body: str | None = None
    is_base64: bool = False
    """Whether `body` is base64 of the bytes."""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Header lines in order, without HTTP/2's pseudo-headers and other invalid names."""
        return [(name, _one_line(value)) for name, value in header_lines(self.headers) if _TOKEN.fullmatch(name)]

    @property
    def data(self) -> bytes | None:
        """The body as bytes; None without a body."""
        if self.body is None:
            return None
        return base64.b64decode(self.body) if self.is_base64 else self.body.encode("utf-8", "replace")


def as_curl(request: CopiedRequest) -> str:
    """Return a command for bash, zsh and ksh; also for POSIX shells if all is ASCII without control characters."""
    data = request.data
    parts = ["--url " + shell_quoted(request.url), "--globoff"]
    if request.method == "HEAD":
        parts.append("--head")
    elif request.method != ("GET" if data is None else "POST"):
        parts.append("-X " + shell_quoted(request.method))
    # curl sends an empty header for "Name;", and omits its own header for "Name:".
    parts += [
        "-H " + _header_quoted(f"{name}: {value}" if value else f"{name};")
        for name, value in _headers(request, CLIENT_HEADERS)
    ]
    named = {name.lower() for name, _value in request.lines}
    if data is not None and "content-type" not in named:
        parts.append("-H 'Content-Type:'")
    if data is None and ("content-length", "0") in {(name.lower(), value) for name, value in request.lines}:
        parts.append("-H 'Content-Length: 0'")  # curl omits it by default, and some servers require it (411)
    if "accept-encoding" in named:
        parts.append("--compressed")
    if data is None:
        return _curl(parts)
    if _is_text(data):
        return _curl([*parts, "--data-raw " + shell_quoted(data.decode())])
    octal = "".join(f"\\{byte:03o}" for byte in data)  # an argument cannot hold NUL, a pipe can
    return f"printf '{octal}' | " + _curl([*parts, "--data-binary @-"])


def as_fetch(request: CopiedRequest) -> str:
    """Return a JavaScript call for a browser's console or Node."""
    options: list[str] = [f"  method: {_js(request.method)},"]
    headers = [
        f"    [{_js(name)}, {_js(value)}],"
        for name, value in _headers(request, FORBIDDEN_IN_FETCH)
        if not name.lower().startswith(("sec-", "proxy-"))
    ]
    if headers:
        options += ["  headers: [", *headers, "  ],"]
    if request.data is not None and request.method not in ("GET", "HEAD"):
        options.append(f"  body: {_js_body(request)},")
    return "\n".join([f"await fetch({_js(request.url)}, {{", *options, '  credentials: "include",', "});"])


def as_httpx(request: CopiedRequest) -> str:
    """Return a Python program that uses httpx."""
    lines = ["import httpx", "", "response = httpx.request(", f"    {_py(request.method)},", f"    {_py(request.url)},"]
    headers = [f"        ({_py(name)}, {_py_header(value)})," for name, value in _headers(request, CLIENT_HEADERS)]
    if headers:
        lines += ["    headers=[", *headers, "    ],"]
    if request.data is not None:
        is_text = not request.is_base64 and request.data.decode("utf-8", "replace") == request.body
        content = f"{_py(request.body or '')}.encode()" if is_text else repr(request.data)
        lines.append(f"    content={content},")
    return "\n".join([*lines, ")", "print(response.status_code, response.text)"])


def shell_quoted(text: str) -> str:
    """Quote *text* as one word of a shell; text with control or invisible characters becomes a visible ``$'…'``."""
    if text and _PLAIN.fullmatch(text):
        return text
    if _NEEDS_ESCAPE.search(text):
        return _ansi_quoted(text.encode("utf-8", "replace"))
    return "'" + text.replace("'", "'\\''") + "'"


def _header_quoted(line: str) -> str:
    return shell_quoted(line) if line.isascii() else _ansi_quoted(_on_the_wire(line))


def _on_the_wire(text: str) -> bytes:
    """Return a header's bytes: browsers report each byte as one character (isomorphic decode), others use UTF-8."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _ansi_quoted(data: bytes) -> str:
    # Octal bytes instead of \u, whose meaning depends on the shell's version and locale.
    def escaped(byte: int) -> str:
        if byte in b"\\'":
            return "\\" + chr(byte)
        return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"

    return "$'" + "".join(map(escaped, data.replace(b"\0", b""))) + "'"  # an argument cannot hold NUL


def _is_text(data: bytes) -> bool:
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _headers(request: CopiedRequest, left_out: frozenset[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.lines if name.lower() not in left_out]


def _curl(options: list[str]) -> str:
    return " \\\n  ".join(["curl", *options])


def _js(text: str) -> str:
    # ASCII without "<", so it is safe in a console, a file and a <script> element.
    return json.dumps(text).replace("<", "\\u003c")


def _js_body(request: CopiedRequest) -> str:
    if request.is_base64:
        return f"Uint8Array.from(atob({_js(request.body or '')}), (char) => char.charCodeAt(0))"
    return _js(request.body or "")


def _py(text: str) -> str:
    return ascii(text)


def _py_header(text: str) -> str:
    return _py(text) if text.isascii() else repr(_on_the_wire(text))  # httpx accepts only ASCII strings in headers


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", text)
