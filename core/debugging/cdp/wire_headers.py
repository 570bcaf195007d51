"""Assigns raw headers, as they were on the wire, to the redirect hops that they belong to."""

from core.debugging.cdp.connection import Params
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import FAILED

AT_ONCE_SECONDS = 0.1  # Chromium cancels within a few milliseconds


class WireHeaders:
    """Collects CDP's ``…ExtraInfo`` events, which arrive before or after the events that they complete.

    They contain only the request's id, which all hops share. So the first event belongs to the first hop and so on,
    except for hops that a cache answered: those have no such event.
    """

    def __init__(self) -> None:
        self._requests: dict[str, list[Params]] = {}
        self._responses: dict[str, list[Params]] = {}

    def add_request(self, params: Params) -> None:
        self._requests.setdefault(params["requestId"], []).append(params)

    def add_response(self, params: Params) -> None:
        self._responses.setdefault(params["requestId"], []).append(params)

    def is_not_followed(self, hops: list[ExchangeRecord], *, canceled_at: float) -> bool:
        """Whether a script did not follow the redirect to the last of *hops*, as ``redirect: "manual"`` says.

        The browser then cancels the request at once. A request that is canceled while it still connects is not sent
        either, but it has failed.
        """
        last = hops[-1]
        is_reported = len(hops) > 1 and hops[-2].has_wire_response is True
        if not is_reported or last.resource_type != "fetch" or canceled_at - last.asked_at > AT_ONCE_SECONDS:
            return False
        on_wire = [hop for hop in hops if hop.has_wire_response is not False]
        return len(self._requests.get(last.request_id, ())) < len(on_wire)

    def apply(self, hops: list[ExchangeRecord]) -> list[ExchangeRecord]:
        """Set the raw headers of each hop as far as they are known; returns *hops*."""
        if not hops:
            return []
        request_id = hops[0].request_id
        on_wire = [hop for hop in hops if hop.has_wire_response is not False]
        for hop, sent in zip(on_wire, self._requests.get(request_id, ()), strict=False):
            _complete_request(hop, sent)
        # CORS, ORB or a forbidden redirect can hide a response from the page; only these events show it.
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
    """Return the name of a rejected cookie; for a foreign domain CDP gives only the header line."""
    cookie = entry.get("cookie")
    return str(cookie["name"] if cookie else entry.get("cookieLine", "").partition(";")[0].partition("=")[0].strip())


def _cookie(entry: Params) -> Params:
    # Without the value, which is a secret. The Cookie header contains it in masked form.
    cookie = entry["cookie"]
    wanted = ("name", "domain", "path", "secure", "httpOnly", "sameSite", "session")
    return {name: cookie[name] for name in wanted if name in cookie} | {"blocked": entry.get("blockedReasons", [])}
