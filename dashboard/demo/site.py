"""The demo's local site: each host name behaves differently."""

import asyncio
import random
from time import monotonic

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.demo.cast import ACCEPTED_MS, CAST, Player

FLAP_SECONDS = 240  # the "flapping" website fails in the last quarter of this period
STYLE = """body{font:16px/1.5 system-ui;margin:0;color:#1d2433;background:#f7f8fb}
header{padding:28px 40px;background:#23315a;color:#fff}p{padding:0 40px}
main{display:grid;gap:18px;padding:24px 40px;grid-template-columns:repeat(auto-fill,minmax(150px,1fr))}
img{width:100%;border-radius:10px}"""
SCRIPT = """
const stock = document.querySelector("#stock");
for (const item of ["lamp", "chair", "desk"])
  fetch(`/api/stock/${item}`).then((answer) => answer.json()).then((found) => {
    stock.textContent += ` ${found.item}: ${found.left}`;
  });
fetch("/api/recommendations", {
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer demo-token-1234" },
  body: '{"basket": ["lamp"]}',
}).then((answer) => { if (!answer.ok) console.error(`recommendations failed with ${answer.status}`); });
setTimeout(() => fetch("/api/session?token=demo-secret"), 300);
"""
BUILDS = ("/app.3f9c21ab.js", "/app.b71e40dd.js")  # the second one does not exist
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 90"><rect width="120" height="90" '
    'fill="hsl({hue} 60% 78%)"/><circle cx="60" cy="45" r="24" fill="hsl({hue} 55% 52%)"/></svg>'
)


class Deploy:
    """A deployment that breaks a website: until the rollback, its page loads a script that does not exist."""

    def __init__(self) -> None:
        self.is_live = False

    def go_live(self) -> None:
        """Deploy the broken version."""
        self.is_live = True

    def roll_back(self) -> None:
        """Roll back."""
        self.is_live = False


def make_site(deploy: Deploy | None = None) -> Starlette:
    """Return the site's application, which is served on loopback only."""
    deploy = deploy or Deploy()
    players = {player.host: player for player in CAST}

    async def answer(request: Request) -> Response:
        if request.url.path.startswith("/hooks/"):  # the target of the demo's webhook
            return PlainTextResponse("taken")
        player = players.get(request.url.hostname or "", CAST[0])
        await asyncio.sleep(player.typical_ms / 1_000 * random.uniform(0.7, 1.2))  # noqa: S311
        if request.url.path == "/":
            return HTMLResponse(_shell(player)) if _is_deployed(player, deploy) else await _document(player)
        return await _part(player, request)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


def _is_deployed(player: Player, deploy: Deploy) -> bool:
    return player.behaviour == "deploys" and deploy.is_live


async def _document(player: Player) -> Response:
    match player.behaviour:
        case "hanging":
            await asyncio.sleep(60)
        case "slow":
            await asyncio.sleep(ACCEPTED_MS / 1_000)
        case "refusing":
            return PlainTextResponse("Internal Server Error: the order service did not answer", 500)
        case "flapping" if monotonic() % FLAP_SECONDS > FLAP_SECONDS * 3 / 4:
            return PlainTextResponse("Service Unavailable", 503, headers={"Retry-After": "30"})
        case "redirects":
            return RedirectResponse("/welcome", 302)
    return HTMLResponse(_page(player), headers={"Set-Cookie": "basket=lamp; Path=/; SameSite=Lax"})


async def _part(player: Player, request: Request) -> Response:
    path = request.url.path
    is_broken = player.behaviour == "broken assets"
    if path == "/style.css":
        return Response("" if is_broken else STYLE, 404 if is_broken else 200, media_type="text/css")
    if path == BUILDS[1]:
        return PlainTextResponse("Not Found", 404)
    if path in ("/app.js", BUILDS[0]):
        return Response("undefinedFunction();" if is_broken else SCRIPT, media_type="text/javascript")
    if path.startswith("/pictures/"):
        picture = PICTURE.format(hue=sum(map(ord, path)) * 47 % 360)
        return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "max-age=60"})
    return await _data(player, path)


async def _data(player: Player, path: str) -> Response:
    if path.startswith("/api/stock/"):
        await asyncio.sleep(0.25)
        return JSONResponse({"item": path.rsplit("/", 1)[1], "left": len(path)})
    if path == "/api/recommendations" and player.behaviour == "storefront":
        await asyncio.sleep(0.9)
        return JSONResponse({"error": "the recommendation service timed out"}, 504)
    if path in ("/api/session", "/api/recommendations"):
        return JSONResponse({"user": "demo"})
    if path == "/welcome":
        return HTMLResponse(_page(player))
    return PlainTextResponse("Not Found", 404)


def _page(player: Player) -> str:
    script = BUILDS[0] if player.behaviour == "deploys" else "/app.js"
    pictures = "".join(f'<img src="/pictures/{number}.svg" alt="">' for number in range(12))
    return (
        f"{_head(player)}<header><h1>{player.name}</h1></header>"
        f'<p id="stock">In stock:</p><main>{pictures}</main><script src="{script}"></script>'
    )


def _shell(player: Player) -> str:
    """Return the broken version's page, whose content depends on the missing script."""
    return f'{_head(player)}<div id="app"></div><script src="{BUILDS[1]}"></script>'


def _head(player: Player) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{player.name}</title>'
        f'<link rel="stylesheet" href="/style.css">'
    )
