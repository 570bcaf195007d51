"""Finds requests that only waited for a connection because others had not ended; those others failed. Pure."""

from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.session_facts import SessionFact
from core.models import NetworkEventType

CONNECTIONS = 6  # per server over HTTP/1.1; browsers do not send further requests
SHARED = ("h2", "h3")  # protocols that share one connection
OPEN = (NetworkEventType.REQUEST, NetworkEventType.TIMEOUT)


def waiting_for_connection(session: SessionFact) -> frozenset[str]:
    """Return the ids of exchanges that began while `CONNECTIONS` others to the same server had no response."""
    open_at: dict[tuple[str, str], list[Exchange]] = {}
    shared = {_server(exchange) for exchange in session.exchanges if exchange.protocol in SHARED}
    for exchange in session.exchanges:  # in order of time
        if exchange.status_code is None and exchange.outcome in OPEN and exchange.resource_type != "websocket":
            open_at.setdefault(_server(exchange), []).append(exchange)
    return frozenset(
        exchange.exchange_id
        for server, several in open_at.items()
        if server not in shared
        for exchange in several[CONNECTIONS:]
    )


def _server(exchange: Exchange) -> tuple[str, str]:
    parts = split_recorded(exchange.url)
    return parts.scheme, parts.netloc
