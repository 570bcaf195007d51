"""A file that a link saves is a request like any other, though the page never sees it."""

from typing import Any

import pytest

from core.debugging.cdp import CdpConnection, CdpSession, TargetInfo
from core.debugging.downloads import download_record
from core.debugging.exchange_record import ExchangeRecord

URL = "http://a.example/f.zip"


def begun(url: str, records: list[ExchangeRecord]) -> ExchangeRecord | None:
    page = CdpSession(CdpConnection(lambda _data: None), "1", TargetInfo(id="1", type="page"))
    return download_record(page, {"url": url, "guid": "g"}, records, at=2.0)


def known(**more: Any) -> ExchangeRecord:
    given: dict[str, Any] = {"url": URL, "method": "GET", "asked_at": 1.0, "target": "page"} | more
    return ExchangeRecord(exchange_id="7", request_id="7", session=None, **given)


async def test_a_file_that_a_link_saves_is_an_exchange() -> None:
    asked_by_a_script = known(resource_type="fetch")

    record = begun(URL, [asked_by_a_script])

    assert record is not None
    assert (record.url, record.exchange_id, record.asked_at, record.is_open) == (URL, "download-g", 2.0, False)
    assert "began to come" in record.details["body_missing"]


@pytest.mark.parametrize(
    ("url", "records"), [(URL, [known(resource_type="document")]), ("blob:http://a.example/1", [])]
)
async def test_what_is_known_or_asks_no_network_is_none(url: str, records: list[ExchangeRecord]) -> None:
    assert begun(url, records) is None
