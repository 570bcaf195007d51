"""Raw headers are assigned to the right hop."""

from core.debugging.cdp.wire_headers import WireHeaders
from core.debugging.exchange_record import ExchangeRecord
from core.models import NetworkEventType
from tests.core.debugging.session_parts import make_exchange_record


def hop(name: str, *, has_wire: bool | None = None, is_answered: bool = True) -> ExchangeRecord:
    return make_exchange_record(
        exchange_id=name, request_id="r", has_wire_response=has_wire, response={} if is_answered else None
    )


def test_headers_are_assigned_to_the_hops_in_order() -> None:
    wire, hops = WireHeaders(), [hop("first"), hop("second")]
    for number in (1, 2):
        wire.add_request({"requestId": "r", "headers": {"N": str(number)}})
        wire.add_response({"requestId": "r", "headers": {"M": str(number)}, "statusCode": 300 + number})

    wire.apply(hops)

    assert [record.request_headers for record in hops] == [{"N": "1"}, {"N": "2"}]
    assert [(record.response_headers, record.status_code) for record in hops] == [({"M": "1"}, 301), ({"M": "2"}, 302)]


def test_a_hop_that_a_cache_answered_gets_no_headers() -> None:
    wire, hops = WireHeaders(), [hop("cached", has_wire=False), hop("asked")]
    wire.add_response({"requestId": "r", "headers": {"M": "1"}, "statusCode": 200})

    wire.apply(hops)

    assert hops[0].response_headers is None
    assert hops[1].response_headers == {"M": "1"}


def test_a_response_hidden_from_the_page_has_its_status() -> None:
    wire, refused = WireHeaders(), hop("only", is_answered=False)
    wire.add_response({"requestId": "r", "headers": {"Location": "data:,x"}, "statusCode": 302})

    refused.outcome = NetworkEventType.ERROR
    wire.apply([refused])

    assert (refused.status_code, refused.response_headers) == (302, {"Location": "data:,x"})


def test_headers_that_arrive_before_the_response_are_kept() -> None:
    wire, waiting = WireHeaders(), hop("only", is_answered=False)
    wire.add_response({"requestId": "r", "headers": {"M": "1"}, "statusCode": 204})
    wire.apply([waiting])
    assert waiting.response_headers is None

    waiting.response = {}
    wire.apply([waiting])

    assert waiting.status_code == 204


def test_cookies_are_stored_without_their_values() -> None:
    wire, record = WireHeaders(), hop("only")
    cookie = {"name": "sid", "value": "secret", "domain": "a", "path": "/"}
    wire.add_request({"requestId": "r", "headers": {}, "associatedCookies": [{"cookie": cookie, "blockedReasons": []}]})

    wire.apply([record])

    assert record.details == {"request_cookies": [{"name": "sid", "domain": "a", "path": "/", "blocked": []}]}


def test_a_rejected_cookie_is_named_even_if_only_its_header_line_is_known() -> None:
    wire, record = WireHeaders(), hop("only")
    foreign = {"blockedReasons": ["InvalidDomain"], "cookieLine": "sid=secret=1; Domain=other.example"}
    insecure = {"blockedReasons": ["SameSiteNoneInsecure"], "cookieLine": "a=secret", "cookie": {"name": "a"}}

    wire.add_response({"requestId": "r", "headers": {}, "statusCode": 200, "blockedCookies": [foreign, insecure]})
    wire.apply([record])

    assert record.details["blocked_cookies"] == [
        {"blocked": ["InvalidDomain"], "name": "sid"},
        {"blocked": ["SameSiteNoneInsecure"], "name": "a"},
    ]
