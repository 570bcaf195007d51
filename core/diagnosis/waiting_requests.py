"""Which requests only waited for a connection that others held: what fails is those, and not they. Pure."""

from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange
from core.diagnosis.session_facts import SessionFact
from core.models import NetworkEventType

AT_ONCE = 6  # connections that browsers make to one server over HTTP/1.1; what comes after them is not even sent
SHARED = ("h2", "h3")  # protocols in which one connection does for all
OPEN = (NetworkEventType.REQUEST, NetworkEventType.TIMEOUT)


def waiting_for_connection(session: SessionFact) -> frozenset[str]:
    """The ids of exchanges that were asked for when as many others as a server is asked for at once had no answer."""
    open_at: dict[tuple[str, str], list[Exchange]] = {}
    shared = {_server(one) for one in session.exchanges if one.protocol in SHARED}
    for one in session.exchanges:  # in order of time
        if one.status_code is None and one.outcome in OPEN and one.resource_type != "websocket":
            open_at.setdefault(_server(one), []).append(one)
    return frozenset(
        one.exchange_id for server, several in open_at.items() if server not in shared for one in several[AT_ONCE:]
    )


def _server(exchange: Exchange) -> tuple[str, str]:
    parts = split_recorded(exchange.url)
    return parts.scheme, parts.netloc
