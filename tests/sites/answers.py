"""How the site under test answers each path."""

import asyncio
import base64
import gzip
import json

from aiohttp import WSMsgType, web

from tests.sites import documents
from tests.sites.secrets import SECRETS

routes = web.RouteTableDef()
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "*", "Access-Control-Allow-Headers": "*"}


@routes.get("/json")
async def json_answer(request: web.Request) -> web.Response:
    return web.json_response({"answer": 42, "words": "Größe <b>", "list": [1, 2, 3]})


@routes.route("*", "/echo")
async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read(), content_type=request.content_type)


@routes.get("/gzip")
async def compressed(request: web.Request) -> web.Response:
    body = gzip.compress(b"compressible " * 1_000)
    return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "text/plain"})


@routes.get("/binary")
async def binary(request: web.Request) -> web.Response:
    return web.Response(body=bytes(range(256)) * 8, content_type="application/octet-stream")


@routes.get("/big")
async def big(request: web.Request) -> web.Response:
    return web.Response(text="0123456789" * (int(request.query["bytes"]) // 10))


@routes.get("/no-content")
async def no_content(request: web.Request) -> web.Response:
    return web.Response(status=204)


@routes.get("/redirect/{left}")
async def redirect(request: web.Request) -> web.Response:
    left = int(request.match_info["left"])
    end = request.query.get("to", "/json?redirected")
    target = f"/redirect/{left - 1}?to={end}" if left > 1 else end
    return web.Response(status=302, headers={"Location": target, "Set-Cookie": f"hop={left}; Path=/"})


@routes.post("/redirect-post")
async def redirect_post(request: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": "/echo?after-307"})


@routes.route("*", "/cors")
async def cors(request: web.Request) -> web.Response:
    return web.Response(text="allowed", headers=CORS)


@routes.route("*", "/no-cors")
@routes.route("*", "/no-cors-preflight")
@routes.route("*", "/forbidden-by-csp")
async def no_cors(request: web.Request) -> web.Response:
    return web.Response(text="not for other origins")


@routes.post("/beacon")
async def beacon(request: web.Request) -> web.Response:
    return web.Response(status=204)


@routes.get("/events")
async def events(request: web.Request) -> web.StreamResponse:
    return await _events(request, ["one", "two", "drei – <b>"])


@routes.get("/secret-events")
async def secret_events(request: web.Request) -> web.StreamResponse:
    return await _events(request, [json.dumps({"token": SECRETS["event_stream"]})])


async def _events(request: web.Request, messages: list[str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    for number, message in enumerate(messages):
        await response.write(f"id: {number}\ndata: {message}\n\n".encode())
    await response.write(b"event: last\ndata: end\n\n")
    return response


@routes.get("/socket")
async def socket(request: web.Request) -> web.WebSocketResponse:
    answer = web.WebSocketResponse()
    await answer.prepare(request)
    await answer.send_str("welcome")
    async for message in answer:
        if message.type is WSMsgType.TEXT:
            await answer.send_str(f"echo {message.data}")
        elif message.type is WSMsgType.BINARY:
            await answer.send_bytes(message.data)
    return answer


@routes.get("/secret-socket")
async def secret_socket(request: web.Request) -> web.WebSocketResponse:
    answer = web.WebSocketResponse(protocols=("bearer",))
    await answer.prepare(request)
    await answer.receive()
    await answer.receive()
    await answer.send_str(json.dumps({"session_token": SECRETS["socket_received"]}))
    async for _message in answer:
        pass
    return answer


@routes.get("/download")
async def download(request: web.Request) -> web.Response:
    return web.Response(body=b"saved", headers={"Content-Disposition": 'attachment; filename="saved.bin"'})


@routes.get("/cached")
async def cached(request: web.Request) -> web.Response:
    return web.Response(text="keep me", headers={"Cache-Control": "max-age=3600"})


@routes.get("/etag")
async def etag(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == '"v1"':
        return web.Response(status=304, headers={"ETag": '"v1"'})
    return web.Response(text="ask me again", headers={"ETag": '"v1"', "Cache-Control": "max-age=3600"})


@routes.route("*", "/status/{code}")
async def status(request: web.Request) -> web.Response:
    return web.Response(status=int(request.match_info["code"]), text="as you asked")


@routes.get("/reset")
async def reset(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"half of ")
    _cut(request)
    return response


@routes.get("/reset-at-once")
async def reset_at_once(request: web.Request) -> web.Response:
    _cut(request)
    return web.Response()


def _cut(request: web.Request) -> None:
    assert request.transport is not None
    request.transport.abort()


@routes.get("/slow")
async def slow(request: web.Request) -> web.Response:
    await asyncio.sleep(int(request.query["ms"]) / 1000)
    return web.Response(text="at last")


@routes.get("/drip")
async def drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request)
    for _part in range(10):
        await response.write(b"drip ")
        await asyncio.sleep(int(request.query["ms"]) / 10_000)
    return response


@routes.get("/never")
async def never(request: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.Response()


@routes.route("*", "/hostile")
async def hostile(request: web.Request) -> web.Response:
    headers = {"X-Hostile": "<script>alert(1)</script>", "Set-Cookie": 'x="<img src=x onerror=alert(1)>"'}
    text = "</pre></script><script>window.hostile = 3</script>\"'`=cmd|calc!A1\u202e\u2028\x00"
    return web.Response(text=text, headers=headers, content_type="text/html")


@routes.get("/secret")
async def secret(request: web.Request) -> web.Response:
    cookie = f"sid={SECRETS['set_cookie']}; Path=/; HttpOnly; SameSite=Lax"
    headers = {"Set-Cookie": cookie, "X-Auth-Token": SECRETS["answer_header"]}
    return web.json_response({"access_token": SECRETS["json_answer"], "jwt": SECRETS["jwt"]}, headers=headers)


@routes.get("/secret.html")
async def secret_html(request: web.Request) -> web.Response:
    hidden = f'<form><input type="hidden" name="csrf_token" value="{SECRETS["html_answer"]}"></form>'
    meta = f'<meta content="{SECRETS["html_answer"]}" name="csrf-token">'
    return web.Response(text=documents.plain("Secret", hidden + meta), content_type="text/html")


@routes.get("/secret-redirect")
async def secret_redirect(request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": f"/json?code={SECRETS['redirect']}&state=1"})


@routes.get("/secret-frame")
async def secret_frame(request: web.Request) -> web.Response:
    return web.Response(
        text=documents.plain("Inside", '<img src="/asset/picture.svg?inside">'), content_type="text/html"
    )


@routes.get("/auth")
async def auth(request: web.Request) -> web.Response:
    if request.headers.get("Authorization") == "Basic " + base64.b64encode(b"ada:lovelace").decode():
        return web.Response(text=documents.plain("Welcome"), content_type="text/html")
    return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="planted"'})


@routes.get("/images/{count}")
async def images(request: web.Request) -> web.Response:
    page = documents.images(int(request.match_info["count"]), after_ms=int(request.query.get("after", 0)))
    return web.Response(text=page, content_type="text/html")


@routes.get("/image/{number}.png")
async def image(request: web.Request) -> web.Response:
    await asyncio.sleep(int(request.query.get("after", 0)) / 1000)  # as far away as a server in the same country
    shade = int(request.match_info["number"]) % 16 * 16  # few pictures, so that making them costs nothing
    return web.Response(body=documents.png(shade, 128, 255 - shade, 64), content_type="image/png")


@routes.get("/plain")
async def plain(request: web.Request) -> web.Response:
    return web.Response(text=documents.plain(), content_type="text/html")


@routes.get("/frame")
async def frame(request: web.Request) -> web.Response:
    markup = '<img src="/asset/picture.svg?in-frame"><script>fetch("/json?in-frame")</script>'
    return web.Response(text=documents.plain("Frame", markup), content_type="text/html")
