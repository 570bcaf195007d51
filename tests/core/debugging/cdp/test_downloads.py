"""A download is an exchange, although the page never sees it."""

from typing import Any

import pytest

from core.debugging.cdp.downloads import download_record, end_downloads
from core.debugging.exchange_record import ExchangeRecord
from core.models import NetworkEventType
from tests.core.debugging.session_parts import make_exchange_record, make_target

URL = "http://a.example/f.zip"


def begun(url: str, records: list[ExchangeRecord]) -> ExchangeRecord | None:
    return download_record(make_target(), {"url": url, "guid": "g"}, records, at=2.0)


def known(**more: Any) -> ExchangeRecord:
    return make_exchange_record(url=URL, asked_at=1.0, **more)


async def test_a_download_is_an_exchange() -> None:
    asked_by_a_script = known(resource_type="fetch")

    record = begun(URL, [asked_by_a_script])

    assert record is not None
    assert (record.url, record.exchange_id, record.asked_at, record.is_open) == (URL, "download-g", 2.0, False)
    assert "reports only their start" in record.details["body_missing"]
    assert record.is_size_unknown


@pytest.mark.parametrize(
    ("url", "records"), [(URL, [known(resource_type="document")]), ("blob:http://a.example/1", [])]
)
async def test_a_known_or_local_download_makes_no_new_exchange(url: str, records: list[ExchangeRecord]) -> None:
    assert begun(url, records) is None


def aborted(**more: Any) -> ExchangeRecord:
    return known(
        resource_type="document",
        status_code=200,
        ended_at=2.0,
        outcome=NetworkEventType.ERROR,
        error_message="It was aborted by the page or the browser (ERR_ABORTED).",
        details={"net_error": "net::ERR_ABORTED"},
        **more,
    )


async def test_a_download_in_a_frame_is_no_failure() -> None:
    record, elsewhere = aborted(target="iframe"), aborted(target="iframe")
    elsewhere.url = "http://a.example/other"

    assert end_downloads(URL, [record, elsewhere], None, at=3.0) == [record]
    assert (record.outcome, record.error_message, record.ended_at) == (NetworkEventType.RESPONSE, None, 2.0)
    assert "reports only their start" in record.details["body_missing"]
    assert elsewhere.outcome is NetworkEventType.ERROR


async def test_a_download_has_the_size_that_its_response_announces() -> None:
    sized, unsized = aborted(target="iframe"), aborted(target="iframe")
    sized.response_headers = {"Content-Length": "5000"}

    end_downloads(URL, [sized, unsized], None, at=3.0)

    assert (sized.decoded_bytes, sized.is_size_unknown) == (5_000, False)
    assert unsized.is_size_unknown


async def test_a_download_in_place_of_the_page_is_a_failure() -> None:
    page = aborted()

    assert end_downloads(URL, [page], page, at=3.0) == []
    assert end_downloads(URL, [page], None, at=3.0) == []  # the exchange of the page itself is unknown


async def test_a_response_ends_when_it_becomes_a_download() -> None:
    page = known(resource_type="document", status_code=200)
    record = known(resource_type="document", status_code=200, answered_at=1.5)

    end_downloads(URL, [page, record], page, at=3.0)

    assert (record.is_open, record.ended_at) == (False, 3.0)
