"""A page is asked what it shows at the end of its visit."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.debugging.shown_page import SOURCE, ShownPage, read_shown
from core.schemas.session_options import SessionOptions
from tests.core.debugging.warm_browser import WarmBrowser

SHADOW = "<script>veil.attachShadow({mode: 'open'}).innerHTML = '<b>Accept</b>'</script>"
COVER = "<div id=veil style='position: fixed; inset: 0; z-index: 9'>{}</div>"
SPINNER = "<div class='big spinner' style='width: 40px; height: 40px{}'>{}</div>"


async def recorded(body: str, warm: WarmBrowser, **options: Any) -> ShownPage | None:
    """Return what a session recorded of a page with *body*."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=f"<!doctype html><title>Shop</title>{body}", content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", page)])
    async with TestServer(app) as server:
        chosen = SessionOptions(has_screenshots=False, has_filmstrip=False, **options)
        captured = await warm.capture(str(server.make_url("/")), chosen)
    return read_shown([line.text for line in captured.console if line.source == SOURCE])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>In\n stock</p><script>document.write('<b>Shop</b>')</script>", ShownPage(text="In stock Shop")),
        ("<p>In stock</p>" + SPINNER.format("", ""), ShownPage(text="In stock", loading="div.big.spinner")),
        ("<p>In stock</p>" + SPINNER.format("; display: none", ""), ShownPage(text="In stock")),
        (SPINNER.format("", "a lamp " * 8), ShownPage(text=("a lamp " * 8).strip())),
        ("<p>In stock</p>" + COVER.format(""), ShownPage(text="In stock", cover="div#veil")),
        ("<p>In stock</p>" + COVER.format("<button>Accept</button>"), ShownPage(text="In stock Accept")),
        (COVER.format("<canvas></canvas>"), ShownPage(text="")),
        ("<p>In stock</p>" + COVER.format("") + SHADOW, ShownPage(text="In stock")),
        ("<p></p>", ShownPage(text="", is_empty=True)),
    ],
    ids=[
        "text",
        "a spinner",
        "a hidden spinner",
        "a spinner with content",
        "a cover",
        "a dialog",
        "a canvas",
        "a shadow root",
        "nothing",
    ],
)
async def test_what_a_page_shows_is_recorded(body: str, expected: ShownPage, warm: WarmBrowser) -> None:
    assert await recorded(body, warm) == expected


async def test_nothing_is_recorded_if_no_bodies_are_stored(warm: WarmBrowser) -> None:
    assert await recorded("<p>In stock", warm, payload_limit_bytes=0) is None
