"""Failures of proxies are described in plain words; those with a real proxy are in `test_probe_hostile.py`."""

import pytest

from core.monitoring.proxy_errors import wrong_proxy


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("CONNECT tunnel failed, response 502", "it answered with status 502 (Bad Gateway)"),
        ("CONNECT tunnel failed, response 599", "it answered with status 599"),
        ("cannot complete SOCKS5 connection to shop.example. (5)", "that host refused its connection"),
        ("cannot complete SOCKS5 connection to 127.0.0.1. (1)", "it reports a failure of its own"),
        (
            "Failed to connect to shop.example:443 over proxy 127.0.0.1 after 0 ms: Could not connect to server",
            "Watchwright cannot connect to the proxy",
        ),
        ("No authentication method was acceptable.", "it requires another way to sign in"),
        ("User was rejected by the SOCKS5 server (1 1).", "it rejected the user name and the password"),
        ("Proxy CONNECT aborted", "it closed the connection"),
        ("Failed to receive SOCKS response, proxy closed connection", "it closed the connection"),
        ("Recv failure: Connection reset by peer", "it closed the connection"),
        ("Invalid response header", "its answer is not valid HTTP"),
        ("Received invalid version in initial SOCKS5 response.", "its answer is not valid SOCKS"),
        ("SOCKS5 reply has wrong version, version should be 5.", "its answer is not valid SOCKS"),
        ("A message of a later libcurl.", "A message of a later libcurl"),
    ],
)
def test_each_failure_of_a_proxy_has_its_reason(detail: str, words: str) -> None:
    assert wrong_proxy(detail) == words
