"""Exchanges are exported as CSV."""

import csv
import io
from dataclasses import replace

import pytest

from benchmarks.synthetic import exchanges
from core.debugging.csv_export import to_csv
from core.debugging.waterfall import Phases
from core.models import NetworkEventType


def test_each_exchange_is_one_line_that_csv_reads_back() -> None:
    first, second = exchanges(2)
    hostile = replace(second, url='https://a.example/"x",\n<b>', error_message="=HYPERLINK(1)", protocol="@evil")

    lines = list(csv.DictReader(io.StringIO(to_csv([first, hostile]), newline="")))

    assert lines[0]["url"] == first.url
    assert lines[0]["status"] == str(first.status_code)
    assert lines[0]["transferred_bytes"] == str(first.encoded_bytes)
    assert lines[1]["url"] == hostile.url
    assert lines[1]["error"] == "'=HYPERLINK(1)"
    assert lines[1]["protocol"] == "'@evil"


def test_unknown_values_are_empty() -> None:
    (exchange,) = exchanges(1)
    pending = replace(
        exchange, outcome=NetworkEventType.REQUEST, status_code=None, duration_ms=None, phases=Phases(dns_ms=1.26)
    )

    (line,) = csv.DictReader(io.StringIO(to_csv([pending])))

    assert (line["status"], line["duration_ms"], line["dns_ms"], line["tls_ms"]) == ("pending", "", "1.3", "")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r=", "\n=", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_text_is_a_formula(begin: str) -> None:
    (exchange,) = exchanges(1)

    lines = csv.DictReader(io.StringIO(to_csv([replace(exchange, protocol=f"{begin}1")]), newline=""))

    assert [line["protocol"] for line in lines] == [f"'{begin}1"]
