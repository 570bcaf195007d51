"""The pages and files of the site under test, as text and bytes."""

import struct
import zlib
from functools import cache
from html import escape

from tests.sites.features import EVERYTHING

CSS = """@font-face { font-family: Planted; src: url(/asset/font.woff2) }
body { font: 13px Planted, sans-serif; background: #eef url(/asset/background.png) }"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="15" fill="teal"/></svg>'
)
WORKER = """fetch("/json?from-worker").then((answer) => answer.text()).then(() => postMessage("done"));"""
SHARED_WORKER = """onconnect = (event) => fetch("/json?from-shared-worker").then((answer) => answer.text())
  .then(() => event.ports[0].postMessage("done"));"""
SERVICE_WORKER = """
addEventListener("install", (event) => event.waitUntil(fetch("/json?from-service-worker").then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (new URL(event.request.url).pathname === "/made-by-service-worker") event.respondWith(new Response("made"));
});"""


def page(*features: str, title: str = "Everything", markup: str = "") -> str:
    """A page that runs *features*, one after the other, once it has loaded."""
    return f"""<!doctype html><html lang="en" data-features="{" ".join(features)}"><head><meta charset="utf-8">
<title>{escape(title)}</title><link rel="icon" href="/asset/icon.svg"></head>
<body><h1>{escape(title)}</h1>{markup}<script src="/asset/features.js" defer></script></body></html>"""


def plain(title: str = "Plain", markup: str = "") -> str:
    """A page that does nothing, not even ask for an icon."""
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<link rel="icon" href="data:,"></head><body><h1>{escape(title)}</h1>{markup}</body></html>"""


def first_page(other: str) -> str:
    """What a page can ask for without a script, and then all features that end."""
    markup = f"""<link rel="stylesheet" href="/asset/style.css">
<img src="/asset/picture.svg" alt=""><img src="{other}/asset/picture.svg" alt="">
<img src="/redirect/2?to=/asset/background.png" alt=""><img src="/missing.png" alt="">"""
    return page(*EVERYTHING, markup=markup)


def images(count: int, after_ms: int = 0) -> str:
    """A page of *count* pictures, each with an address of its own, and each answered after *after_ms*."""
    after = f"?after={after_ms}" if after_ms else ""
    pictures = "".join(
        f'<img src="/image/{number}.png{after}" width="16" height="16" alt="">' for number in range(count)
    )
    return plain(f"{count} pictures", pictures)


@cache
def png(red: int, green: int, blue: int, side: int = 16) -> bytes:
    """A square of one colour (RFC 2083)."""
    row = b"\x00" + bytes((red, green, blue)) * side

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(row * side)), chunk(b"IEND", b""))
    )
