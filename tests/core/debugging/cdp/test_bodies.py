"""Bodies are fetched after their end, and large ones streamed."""

import asyncio
import base64
import hashlib
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.debugging.cdp.bodies import MAX_BYTES, NOT_KEPT, PDF_VIEWED, STREAMED_FROM_BYTES, UNREAD, BodyFetcher
from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.exchange_record import ExchangeRecord, end_values
from core.debugging.failures import ABORTED
from core.models import NetworkEventType
from core.schemas.session_options import SessionOptions, WatchMode
from tests.core.debugging.session_parts import StillAxis, make_exchange_record
from tests.core.debugging.warm_browser import WarmBrowser

HELD, LATER = b"a" * 100, b"b" * 50


def browser_that_answers(**answers: Any) -> CdpSession:
    """Return a page whose browser answers each command with the given result, one turn of the loop later."""

    def send(message: bytes) -> None:
        asked = orjson.loads(message)
        name = asked["method"].rpartition(".")[2]
        told = {"result": answers[name]} if name in answers else {"error": {"message": "no such command"}}
        asyncio.get_running_loop().call_soon(page.receive, {"id": asked["id"], **told})

    page = CdpSession(CdpConnection(send), "1", TargetInfo(id="1", type="page"))
    return page


def record_of(page: CdpSession, **more: Any) -> ExchangeRecord:
    return make_exchange_record(session=page, **({"resource_type": "fetch"} | more))


async def test_a_large_body_is_hashed_while_it_arrives() -> None:
    page = browser_that_answers(streamResourceContent={"bufferedData": base64.b64encode(HELD).decode()})
    record, fetcher = record_of(page), BodyFetcher(limit_bytes=10, on_body=lambda _record: None)

    record.decoded_bytes = STREAMED_FROM_BYTES
    fetcher.on_data(record, "")
    fetcher.on_data(record, base64.b64encode(LATER).decode())
    record.decoded_bytes = len(HELD + LATER)
    fetcher.enqueue(record)
    await fetcher.finish(1)

    assert record.payload is not None
    assert (record.payload.text, record.payload.size_bytes) == ("a" * 10, 150)
    assert record.payload.sha256 == hashlib.sha256(HELD + LATER).hexdigest()


@pytest.mark.parametrize("is_refused", [True, False])
async def test_a_body_that_arrived_too_fast_to_stream_is_fetched(is_refused: bool) -> None:
    answers = {"getResponseBody": {"body": "whole", "base64Encoded": False}}
    page = browser_that_answers(**answers | ({} if is_refused else {"streamResourceContent": {"bufferedData": ""}}))
    record, fetcher = record_of(page), BodyFetcher(limit_bytes=10, on_body=lambda _record: None)

    record.decoded_bytes = STREAMED_FROM_BYTES
    fetcher.on_data(record, "")
    fetcher.enqueue(record)
    await fetcher.finish(1)

    assert record.payload is not None
    assert record.payload.text == "whole"


async def test_a_missing_body_gives_the_reason() -> None:
    page = browser_that_answers(streamResourceContent={"bufferedData": ""})
    record, fetcher = record_of(page), BodyFetcher(limit_bytes=10, on_body=lambda _record: None)

    record.decoded_bytes = MAX_BYTES + 1
    fetcher.on_data(record, "")
    fetcher.enqueue(record)
    await fetcher.finish(1)

    assert record.payload is None
    assert record.details["body_missing"] == "The body is larger than the browser keeps."


async def fetched(**more: Any) -> ExchangeRecord:
    page = browser_that_answers(getResponseBody={"body": more.pop("body"), "base64Encoded": False})
    record, fetcher = record_of(page, **more), BodyFetcher(limit_bytes=10, on_body=lambda _record: None)
    fetcher.enqueue(record)
    await fetcher.finish(1)
    return record


async def test_a_revalidated_response_has_the_body_that_the_page_got() -> None:
    fresh = await fetched(body="cached", status_code=304, response={"status": 200})
    bare = await fetched(body="cached", status_code=304, response={"status": 304})

    assert fresh.payload is not None
    assert fresh.payload.text == "cached"
    assert bare.payload is None


async def test_a_body_that_nothing_read_is_missing_and_not_empty() -> None:
    sized = await fetched(body="", response_headers={"Content-Length": "900"})
    packed = await fetched(body="", response_headers={"Content-Length": "900", "Content-Encoding": "br"})
    empty = await fetched(body="", response_headers={})

    assert sized.details["body_missing"] == packed.details["body_missing"] == UNREAD
    assert (sized.decoded_bytes, sized.is_size_unknown) == (900, False)
    assert packed.is_size_unknown
    assert (empty.payload is not None, empty.details, empty.is_size_unknown) == (True, {}, False)


async def test_an_empty_body_of_a_response_with_data_was_not_kept() -> None:
    broken_image = await fetched(body="", decoded_bytes=500)

    assert (broken_image.payload, broken_image.decoded_bytes) == (None, 500)
    assert broken_image.details["body_missing"] == NOT_KEPT


async def test_a_document_without_data_is_empty_even_if_its_length_was_not_announced() -> None:
    record = await fetched(body="", resource_type="document", response={"encodedDataLength": 100}, encoded_bytes=105)

    assert (record.payload is not None, record.details, record.is_size_unknown) == (True, {}, False)


async def test_a_refused_body_that_nothing_read_says_so() -> None:
    record = record_of(browser_that_answers(), encoded_bytes=9_000, response={"encodedDataLength": 100})
    fetcher = BodyFetcher(limit_bytes=10, on_body=lambda _record: None)

    fetcher.enqueue(record)
    await fetcher.finish(1)

    assert (record.details["body_missing"], record.is_size_unknown) == (UNREAD, True)


async def test_the_page_of_the_browsers_pdf_viewer_is_not_taken_for_the_file(warm: WarmBrowser) -> None:
    async def pdf(_request: web.Request) -> web.Response:
        return web.Response(body=b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")

    app = web.Application()
    app.router.add_get("/", pdf)
    async with TestServer(app) as server:
        captured = await warm.capture(str(server.make_url("/")), SessionOptions(watch=WatchMode.LOAD))

    (end,) = [event for event in captured.events if event.mime_type == "application/pdf"]
    assert (end.response_payload, end.decoded_bytes) == (None, 15)
    assert end.encoded_bytes is not None
    assert end.details is not None
    assert end.encoded_bytes < 15 + 400  # with the headers; the viewer's page has more
    assert end.details["body_missing"] == PDF_VIEWED


@pytest.mark.parametrize("headers", [{}, {"Content-Disposition": "attachment"}], ids=["empty", "a refused download"])
async def test_the_browsers_own_error_page_is_not_taken_for_the_response(
    warm: WarmBrowser, headers: dict[str, str]
) -> None:
    async def failing(_request: web.Request) -> web.Response:
        return web.Response(status=500, body=b"oops" if headers else b"", content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/", failing)
    async with TestServer(app) as server:
        captured = await warm.capture(str(server.make_url("/")), SessionOptions(watch=WatchMode.LOAD))

    (end,) = [event for event in captured.events if event.status_code == 500]
    assert (end.response_payload, end.decoded_bytes) == (None, 0)


async def test_a_document_that_was_left_keeps_what_had_arrived() -> None:
    left = {"resource_type": "document", "outcome": NetworkEventType.ERROR, "details": {"net_error": ABORTED}}
    record = await fetched(body="<p>so far", answered_at=1.0, **left)

    assert record.payload is not None


async def test_a_pdf_that_a_script_fetched_has_its_body() -> None:
    record = await fetched(body="%PDF-1.4", response={"mimeType": "application/pdf"})

    assert record.payload is not None
    assert (record.payload.text, record.decoded_bytes) == ("%PDF-1.4", 8)


async def test_a_request_body_that_is_gone_keeps_its_size_and_the_response() -> None:
    record = await fetched(
        body="answer", details={"has_request_payload": True}, request_headers={"Content-Length": "70000"}
    )

    end = end_values(record, StillAxis())
    assert (end["response_payload"], end["details"]) == ("answer", {"request_payload": {"size_bytes": 70_000}})


async def test_a_failed_request_keeps_what_it_sent_and_claims_no_missing_body() -> None:
    page = browser_that_answers(getRequestPostData={"postData": "sent"})
    record = record_of(page, outcome=NetworkEventType.ERROR, details={"has_request_payload": True})
    fetcher = BodyFetcher(limit_bytes=10, on_body=lambda _record: None)

    fetcher.enqueue(record)
    await fetcher.finish(1)

    assert record.request_payload is not None
    assert (record.request_payload.text, record.payload, record.details) == ("sent", None, {})


@pytest.mark.parametrize("answers", [{}, {"getResponseBody": {"body": "", "base64Encoded": False}}])
async def test_on_body_is_called_for_a_missing_body(answers: dict[str, Any]) -> None:
    told: list[str] = []
    record = record_of(browser_that_answers(**answers), response_headers={"Content-Length": "900"})
    fetcher = BodyFetcher(limit_bytes=10, on_body=lambda record: told.append(record.details["body_missing"]))

    fetcher.enqueue(record)
    await fetcher.finish(1)

    assert len(told) == 1
