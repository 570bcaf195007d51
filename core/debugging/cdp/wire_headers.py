"""Headers as they were on the wire, matched to the hop of the redirect that they belong to."""

from core.debugging.cdp.connection import Params
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import FAILED


class WireHeaders:
    """CDP's ``…ExtraInfo`` events, which come apart from the events that they complete, before or after them.

    They name the request only, whose hops share one id: the first goes to the first hop and so on,
    leaving out the hops of which the browser says that they have none because a cache answered.
    """

    def __init__(self) -> None:
        self._requests: dict[str, list[Params]] = {}
        self._responses: dict[str, list[Params]] = {}

    def add_request(self, params: Params) -> None:
        self._requests.setdefault(params["requestId"], []).append(params)

    def add_response(self, params: Params) -> None:
        self._responses.setdefault(params["requestId"], []).append(params)

    def apply(self, hops: list[ExchangeRecord]) -> list[ExchangeRecord]:
        """Give each hop its own; returns the hops."""
        if not hops:
            return []
        request_id = hops[0].request_id
        on_wire = [hop for hop in hops if hop.has_wire_response is not False]
        for hop, sent in zip(on_wire, self._requests.get(request_id, ()), strict=False):
            _complete_request(hop, sent)
        # What CORS, ORB or a forbidden redirect keeps from the page was answered all the same: only the wire tells how.
        answered = [hop for hop in on_wire if hop.response is not None or hop.outcome in FAILED]
        for hop, received in zip(answered, self._responses.get(request_id, ()), strict=False):
            _complete_response(hop, received)
        return hops


def _complete_request(record: ExchangeRecord, sent: Params) -> None:
    record.request_headers = sent["headers"]
    cookies = [_cookie(entry) for entry in sent.get("associatedCookies", ())]
    if cookies:
        record.details["request_cookies"] = cookies


def _complete_response(record: ExchangeRecord, received: Params) -> None:
    record.response_headers = received["headers"]
    record.status_code = received.get("statusCode") or record.status_code
    blocked = [
        {"blocked": entry.get("blockedReasons", []), "name": _name(entry)}
        for entry in received.get("blockedCookies", ())
    ]
    if blocked:
        record.details["blocked_cookies"] = blocked


def _name(entry: Params) -> str:
    """Of a cookie that was not taken; of one that is none, as of another domain, only its line is told."""
    cookie = entry.get("cookie")
    return str(cookie["name"] if cookie else entry.get("cookieLine", "").partition(";")[0].partition("=")[0].strip())


def _cookie(entry: Params) -> Params:
    # Without its value, which is a secret and stands in the Cookie header, where it is masked.
    cookie = entry["cookie"]
    wanted = ("name", "domain", "path", "secure", "httpOnly", "sameSite", "session")
    return {name: cookie[name] for name in wanted if name in cookie} | {"blocked": entry.get("blockedReasons", [])}
