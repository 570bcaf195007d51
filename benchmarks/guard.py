"""Measure the cost of the policy proxy: a page of 1,000 requests in a browser with and without it, in turns.

``python -m benchmarks.guard [--runs 3] [--requests 1000]``
"""

import argparse
import asyncio
from statistics import median

from benchmarks._ending import cleaned_up
from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.capture import capture_in
from core.schemas.session_options import SessionOptions

OPTIONS = SessionOptions(has_screenshots=False, has_filmstrip=False, payload_limit_bytes=0)
PAGE = """<!doctype html><title>many</title><script>
Promise.all(Array.from({length: %d}, (_, n) => fetch(`/${n}`))).then(() => document.title = "done");
</script>%s"""


async def main(runs: int, requests: int) -> None:
    """Measure and print medians."""
    pictures = "".join(f"<img src=/p{number}>" for number in range(requests // 2))
    page = (PAGE % (requests - requests // 2, pictures)).encode()
    server = await asyncio.start_server(lambda reader, writer: _serve(reader, writer, page), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    settings = Settings()
    loads: dict[bool, list[float]] = {False: [], True: []}
    for _run in range(runs):
        for is_guarded, measured in loads.items():
            measured.append(await _load_ms(url, settings, requests, is_guarded=is_guarded))
    direct, guarded = map(median, loads.values())
    print(f"{requests} requests, median load of {runs}: direct {direct:.0f} ms, guarded {guarded:.0f} ms", end="")
    print(f" ({guarded / direct:.2f} times)")
    server.close()


async def _load_ms(url: str, settings: Settings, requests: int, *, is_guarded: bool) -> float:
    async with PolicyProxy(settings.address_policy.refusal) as guard:
        browser = await DebugBrowser.launch(find_browser(settings), guard if is_guarded else None)
        try:
            captured = await capture_in(browser, url, OPTIONS, settings=settings)
        finally:
            await browser.close()
    assert (captured.session.request_count or 0) >= requests, captured.session.error_message
    return float((captured.session.milestones or {})["load"])


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, page: bytes) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            body = page if head.startswith(b"GET / ") else b"ok"
            kind = b"text/html" if body is page else b"text/plain"
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (kind, len(body)) + body
            )
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--requests", type=int, default=1_000)
    given = parser.parse_args()
    with cleaned_up():
        asyncio.run(main(given.runs, given.requests))
