"""Compare a session's HAR with the server's own log and with Playwright's `record_har`, entry by entry.

The page uses every network feature of a browser, and the website's access log is the reference. For exchanges in both
files, the benchmark compares each field of HAR 1.2 that must be equal in two loads. ``python -m benchmarks.har``
"""

import argparse
import asyncio
import base64
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks._ending import cleaned_up
from benchmarks._recorder_site import FULL, Request, bare_browser, captured, recorded_har, request_of, start_site
from core.config import Settings
from core.debugging.har.export import to_har
from core.debugging.waterfall import rows

Entry = dict[str, Any]
WHOLE = FULL.model_copy(update={"payload_limit_bytes": 10_000_000, "is_redacted": False})
OF_ONE_LOAD = ("date", "if-none-match", "cookie", "sec-websocket-key", "sec-websocket-accept", "content-length")


async def main() -> None:
    """Load the page in both ways, and print what each lacks and where they differ."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        process, site = start_site()
        try:
            async with bare_browser(settings) as browser:
                site.forget()
                capture = await captured(f"{site.url}/", WHOLE, settings)
                ours_log = site.log()
                site.forget()
                theirs = await recorded_har(browser, f"{site.url}/", Path(folder))
                theirs_log = site.log()
        finally:
            process.terminate()
            process.wait()
    ours: list[Entry] = to_har(capture.session, capture.events)["log"]["entries"]
    held = [request_of(row.method, row.url) for row in rows(capture.events) if not row.from_cache]
    show("Watchwright", missing(ours_log, held))
    show("record_har", missing(theirs_log, (_key(entry) for entry in theirs)))
    show_differences(ours, theirs)


def missing(seen: Counter[Request], held: Iterable[Request]) -> tuple[int, Counter[Request]]:
    """Return the number of requests that the server saw, and those that the file lacks."""
    # The network stack repeats a request whose connection was cut before a response, without reporting it.
    cut = Counter({request: count - 1 for request, count in seen.items() if request[1].endswith("/reset-at-once")})
    asked = seen - cut
    return asked.total(), asked - Counter(held)


def show(way: str, found: tuple[int, Counter[Request]]) -> None:
    """Print how much of the log *way* contains, and what it lacks."""
    total, misses = found
    print(f"{way} holds {total - misses.total()} of {total} requests in the server's log")
    for (method, target), count in sorted(misses.items()):
        print(f"  misses {count} × {method} :{target}")


def show_differences(ours: list[Entry], theirs: list[Entry]) -> None:
    """Print for each field how many of the common exchanges agree, and each pair that differs."""
    pairs = list(_pairs(ours, theirs))
    print(f"\n{len(pairs)} exchanges in both files\n\n| field | agree | only ours | only theirs | differ |")
    print("| --- | --- | --- | --- | --- |")
    details: list[str] = []
    for name, of in FIELDS.items():
        verdicts = Counter(_verdict(name, of, our, their, details) for our, their in pairs)
        print(f"| {name} | {' | '.join(str(verdicts[kind]) for kind in VERDICTS)} |")
    print("\n" + "\n".join(details))


VERDICTS = ("agree", "only ours", "only theirs", "differ")


def _verdict(name: str, of: Callable[[Entry], Any], our: Entry, their: Entry, details: list[str]) -> str:
    mine, other = of(our), of(their)
    if mine == other:
        return "agree"
    verdict = "only ours" if not other else "only theirs" if not mine else "differ"
    if verdict != "only ours":
        method, target = _key(our)
        if isinstance(mine, dict):
            names = [key for key in {**mine, **other} if mine.get(key) != other.get(key)]
            mine, other = ({key: found.get(key) for key in names} for found in (mine, other))
        details.append(f"{name} of {method} :{target[:60]}: ours {str(mine)[:200]!r}, theirs {str(other)[:200]!r}")
    return verdict


def _pairs(ours: list[Entry], theirs: list[Entry]) -> Iterable[tuple[Entry, Entry]]:
    waiting: defaultdict[Request, list[Entry]] = defaultdict(list)
    for entry in theirs:
        waiting[_key(entry)].append(entry)
    for entry in ours:
        if waiting[_key(entry)]:
            yield entry, waiting[_key(entry)].pop(0)


def _key(entry: Entry) -> Request:
    return request_of(entry["request"]["method"], entry["request"]["url"])


def _bytes(content: Entry) -> bytes:
    text: str = content.get("text", "")
    return base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()


def _headers(side: str) -> Callable[[Entry], dict[str, str]]:
    def of(entry: Entry) -> dict[str, str]:
        pairs = ((pair["name"].lower(), pair["value"].partition("; boundary=")[0]) for pair in entry[side]["headers"])
        return {name: value for name, value in pairs if name not in OF_ONE_LOAD and not name.startswith(":")}

    return of


def _names(side: str, part: str) -> Callable[[Entry], list[str]]:
    return lambda entry: sorted(pair["name"] for pair in entry[side][part])


FIELDS: dict[str, Callable[[Entry], Any]] = {
    "response.status": lambda entry: max(entry["response"]["status"], 0),
    "response.statusText": lambda entry: entry["response"]["statusText"],
    "response.httpVersion": lambda entry: entry["response"]["httpVersion"].lower(),
    "response.redirectURL": lambda entry: entry["response"]["redirectURL"],
    "request.headers": _headers("request"),
    "response.headers": _headers("response"),
    "request.cookies": _names("request", "cookies"),
    "response.cookies": _names("response", "cookies"),
    "request.queryString": _names("request", "queryString"),
    "request.postData.text": lambda entry: (entry["request"].get("postData") or {}).get("text", ""),
    "content.mimeType": lambda entry: (
        entry["response"]["content"]["mimeType"].partition(";")[0].replace("x-unknown", "")
    ),
    "content.size": lambda entry: max(entry["response"]["content"]["size"], 0),
    "content.text": lambda entry: _bytes(entry["response"]["content"]),
    "serverIPAddress": lambda entry: entry.get("serverIPAddress", ""),
    "timings.connect": lambda entry: entry["timings"].get("connect", -1) >= 0,
    "_error": lambda entry: bool(entry["response"].get("_error") or entry["response"].get("_failureText")),
}


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m benchmarks.har", description=__doc__).parse_args()
    with cleaned_up():
        asyncio.run(main())
