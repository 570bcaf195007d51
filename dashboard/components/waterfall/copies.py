"""A captured request as something to run again: a cURL command, a fetch call, an httpx script. Pure.

What redaction took away stays away, so a copied request may have to be given its credentials again.
"""

import base64
import binascii
import json
import shlex
from dataclasses import dataclass

# Those that the client makes itself; a stale length or host would break the request.
OWN_HEADERS = ("host", "content-length", "connection", "accept-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request as the browser sent it."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    payload: str | None
    is_base64: bool = False

    @property
    def kept_headers(self) -> list[tuple[str, str]]:
        """Without HTTP/2's pseudo headers and those that every client makes itself."""
        return [pair for pair in self.headers if not pair[0].startswith(":") and pair[0].lower() not in OWN_HEADERS]

    @property
    def body(self) -> bytes | None:
        """The payload's bytes; None when there is none, or when what was kept of it is no base64."""
        if self.payload is None or not self.is_base64:
            return None if self.payload is None else self.payload.encode()
        try:
            return base64.b64decode(self.payload, validate=True)
        except binascii.Error:
            return None


def as_curl(sent: Sent) -> str:
    """One command for a POSIX shell; whatever was captured is quoted and cannot end its argument."""
    parts = [f"curl {shlex.quote(sent.url)}"]
    if sent.method != ("GET" if sent.payload is None else "POST"):
        parts.append(f"-X {shlex.quote(sent.method)}")
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in sent.kept_headers]
    if sent.payload is not None and sent.is_base64:
        parts.append("--data-binary @-")
        return f"printf %s {shlex.quote(sent.payload)} | base64 -d | " + " \\\n  ".join(parts)
    if sent.payload is not None:
        parts.append(f"--data-raw {shlex.quote(sent.payload)}")
    return " \\\n  ".join(parts)


def as_fetch(sent: Sent) -> str:
    """A call for a browser's console; headers that browsers do not let pages set are left to the browser."""
    options: dict[str, object] = {"method": sent.method, "headers": dict(sent.kept_headers)}
    if sent.payload is not None and not sent.is_base64:
        options["body"] = sent.payload
    text = json.dumps(options, indent=2)
    if sent.payload is not None and sent.is_base64:
        body = f"Uint8Array.from(atob({json.dumps(sent.payload)}), (character) => character.charCodeAt(0))"
        text = text.removesuffix("\n}") + f',\n  "body": {body}\n}}'
    return f"await fetch({json.dumps(sent.url)}, {text});"


def as_httpx(sent: Sent) -> str:
    """A Python script that prints the answer."""
    lines = [f"    {sent.method!r},", f"    {sent.url!r},"]
    lines += ["    headers=[", *(f"        {pair!r}," for pair in sent.kept_headers), "    ],"]
    if sent.body is not None:
        lines.append(f"    content={sent.body!r},")
    call = "\n".join(lines)
    return f"import httpx\n\nresponse = httpx.request(\n{call}\n)\nprint(response.status_code, response.text)\n"
