"""Corrects what a browser reports about its connections, because behind our proxy it does not know the truth.

It reports wrong remote addresses, lookup times and connection errors. The proxy knows the true ones.
"""

import re
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.addresses import effective_port

Timing = dict[str, Any]
HostAndPort = tuple[str, int]

HOSTS_KEPT = 2_000  # hosts whose connections are remembered; a page uses tens
CONNECTIONS_KEPT = 20  # connections remembered per host and port; a browser opens six concurrently
_SOCKS_CODE = re.compile(r"net::ERR_SOCKS_[A-Z_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConnection:
    """A connection that the proxy opened."""

    address: str
    dns_ms: float | None
    """None if the host was an IP address."""
    connect_ms: float
    took_ms: float
    """Lookup and connect together, as the proxy measured them; identifies the connection in the browser's timing."""


class ConnectionFacts:
    """The connections that one proxy made. Without any, everything is returned as the browser reports it."""

    def __init__(self) -> None:
        self._opened: OrderedDict[HostAndPort, deque[OpenedConnection]] = OrderedDict()
        self._errors: dict[HostAndPort, str] = {}
        self._relays: dict[int, HostAndPort] = {}

    def note_opened(self, place: HostAndPort, opened: OpenedConnection) -> None:
        """Remember a connection to *place*."""
        self._opened.setdefault(place, deque(maxlen=CONNECTIONS_KEPT)).append(opened)
        self._opened.move_to_end(place)
        if len(self._opened) > HOSTS_KEPT:
            self._opened.popitem(last=False)

    def note_failed(self, place: HostAndPort, code: str) -> None:
        """Remember Chromium's *code* for the reason why *place* could not be connected to."""
        if len(self._errors) > HOSTS_KEPT:
            self._errors.clear()
        self._errors[place] = code

    def note_relay(self, port: int, proxy: HostAndPort) -> None:
        """Remember that connections to our *port* reach a session's own *proxy*."""
        self._relays[port] = proxy

    def true_error(self, url: str, reported: str) -> str:
        """Return the true error code of a request to *url* if *reported* is only a proxy error, else *reported*."""
        is_proxy_error = "SOCKS" in reported or "NS_ERROR_PROXY" in reported
        return self._errors.get(_host_and_port(url), reported) if is_proxy_error else reported

    def true_message(self, url: str, text: str) -> str:
        """Replace the proxy's error code in a browser message about *url* with the true code."""
        return _SOCKS_CODE.sub(lambda code: self.true_error(url, code[0]), text) if "ERR_SOCKS_" in text else text

    def true_response(self, url: str, response: dict[str, Any]) -> dict[str, Any]:
        """Return CDP's ``Network.Response`` of *url* with the true remote address, lookup and connect times.

        The proxy's own overhead counts as time stalled, not as part of lookup or connect.
        """
        relayed = self._relays.get(response.get("remotePort", 0))
        host, port = relayed or _host_and_port(url)
        opened = self._opened.get((host, port))
        if not opened or not response.get("remoteIPAddress"):
            return response
        timing: Timing | None = response.get("timing")
        ours = min(opened, key=lambda connection: _distance(connection, timing))
        corrected = response | {"remoteIPAddress": ours.address, "remotePort": port}
        if timing and timing.get("connectStart", -1.0) >= 0:
            corrected["timing"] = timing | _reached(timing, ours, is_whole=relayed is None)
        return corrected


def _reached(timing: Timing, opened: OpenedConnection, *, is_whole: bool) -> Timing:
    """Return true times for lookup and connect.

    *is_whole* says that the browser's connect phase contains only these two; behind a relay it also contains the
    handshake with the session's own proxy.
    """
    began = timing["connectStart"]
    connected = timing["sslStart"] if timing.get("sslStart", -1.0) >= 0 else timing["connectEnd"]
    looked_up = min(began + (opened.dns_ms or 0.0), connected)
    names = {} if opened.dns_ms is None else {"dnsStart": began, "dnsEnd": looked_up}
    return names | {"connectStart": max(looked_up, connected - opened.connect_ms) if is_whole else looked_up}


def _host_and_port(url: str) -> HostAndPort:
    parts = urlsplit(url)
    return (parts.hostname or "", effective_port(parts))


def _distance(opened: OpenedConnection, timing: Timing | None) -> float:
    """Return how much *opened* differs in time from *timing*, to tell concurrent connections apart."""
    if not timing or timing.get("connectStart", -1.0) < 0:
        return 0.0
    tls = timing["sslEnd"] - timing["sslStart"] if timing.get("sslStart", -1.0) >= 0 else 0.0
    return float(abs(timing["connectEnd"] - timing["connectStart"] - tls - opened.took_ms))
