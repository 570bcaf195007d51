"""What shows which server or cache sent a response."""

import pytest

from core.diagnosis.response_marks import cache_mark, responder


@pytest.mark.parametrize(
    ("age", "mark"), [("7210", "age: 7210 s"), ("0", None), ("-1", None), ("²", None), ("9" * 5_000, None), ("", None)]
)
def test_an_age_shows_a_cache_only_if_it_is_a_number(age: str, mark: str | None) -> None:
    assert cache_mark({"age": age}) == mark


def test_apache_in_front_of_a_lost_backend_is_a_proxy() -> None:
    page = "<p>The server is temporarily unable to service your\nrequest due to maintenance downtime."

    assert responder(503, {"server": "Apache/2.4.71"}, page, "Apache/2.4.71").is_proxy


def test_lighttpd_in_front_of_a_lost_backend_is_a_proxy_and_with_another_error_it_is_not() -> None:
    headers = {"server": "lighttpd/1.4.69"}

    lost, failed = (responder(status, headers, f"<h1>{status}</h1>", "lighttpd/1.4.69") for status in (503, 500))

    assert (lost.is_proxy, lost.is_sure, lost.name) == (True, False, "lighttpd/1.4.69")
    assert (failed.is_proxy, failed.is_sure, failed.name) == (False, True, "lighttpd/1.4.69")
