"""Failing responses."""

from typing import Any

import pytest

from core.diagnosis.rules.answer import answer
from core.diagnosis.session_facts import SessionFact
from tests.core.diagnosis.facts import evidence, exchange, session


def test_the_text_of_an_error_response_is_quoted() -> None:
    def told(text: str) -> str:
        gone = exchange("/", "document", status_code=404)
        (one,) = answer(evidence(session=session(exchanges=(gone,), text=text)))
        return one.why

    assert told("<Error><Code>NoSuchBucket</Code></Error>").endswith(" The response says: “NoSuchBucket”.")
    assert "The response says" not in told("<script>var a</script>")
    assert told("<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>nginx").endswith("“502 Bad Gateway nginx”.")
    assert told("<title>Oops!</title><h1>Oops</h1>").endswith("“Oops! Oops”.")
    assert len(told("gone " * 10_000)) < 500


def test_an_empty_error_response_is_called_empty() -> None:
    empty = exchange("/", "document", status_code=500, decoded_bytes=0)

    (one,) = answer(evidence(session=session(exchanges=(empty,), text="")))
    (broken,) = answer(evidence(session=session(exchanges=(empty,), text="", headers={"content-length": "20"})))

    assert one.why.endswith(" The response is empty.")
    assert "empty" not in broken.why


def test_a_refused_folder_may_lack_an_index_page() -> None:
    def told(path: str) -> str:
        refused = exchange(path, "document", status_code=403)
        (one,) = answer(evidence(url=f"https://shop.example{path}", session=session(exchanges=(refused,))))
        return one.sentence

    assert "by changed permissions, a folder without an index page, a firewall or bot protection" in told("/")
    assert "by changed permissions, a firewall or bot protection" in told("/a.html")


def test_an_error_of_a_proxy_names_the_website() -> None:
    failing = exchange("/", "document", status_code=502)

    (one,) = answer(evidence(session=session(exchanges=(failing,))))

    assert "returned status 502 (Bad Gateway) for shop.example" in one.sentence


def test_the_cause_that_a_response_states_is_in_the_sentence() -> None:
    def told(status: int, text: str) -> str:
        (one,) = answer(evidence(session=failing_session(status, text)))
        return one.sentence

    full = told(500, "<h1>Internal Server Error</h1><pre>OSError: [Errno 28] No space left on device</pre>")
    assert full.endswith(
        "(Internal Server Error) after 5.0 ms: its disk is full (“OSError: [Errno 28] No space left on device”)."
    )
    assert "has no website for this address (“default backend - 404”)." in told(404, "default backend - 404")
    assert "the page is missing, and the response says “not on this shelf”." in told(404, "not on this shelf")
    assert "no route of its program or proxy matches this address (“Cannot GET /”)." in told(404, "Cannot GET /")
    stopped = told(503, "This service has been suspended")
    assert stopped.endswith(": the hosting has stopped or suspended this website (“This service has been suspended”).")
    assert stopped.startswith("The hosting or proxy returned status 503")
    assert "the origin behind it could not be reached: the tunnel" in told(530, "error code: 1033")
    assert told(502, "<h1>502 Bad Gateway</h1>").endswith("the origin behind it gave no valid response.")
    assert told(526, "").endswith("the origin behind it has no valid certificate.")
    assert "requires a payment" in told(402, "Payment Required")
    assert "; the hosting has stopped or suspended this website (“DEPLOYMENT_" in told(402, "DEPLOYMENT_DISABLED")
    assert told(500, "Fastly error: unknown domain: shop.example").startswith(
        "The hosting or proxy returned status 500"
    )


def test_a_proxy_that_sends_its_own_error_page_blames_no_origin() -> None:
    page = "<h1>500 Internal Server Error</h1></center>\r\n<hr><center>nginx/1.22.1</center>"

    (one,) = answer(evidence(session=failing_session(500, page, headers={"server": "nginx/1.22.1"})))

    assert one.sentence.startswith("nginx/1.22.1 returned status 500 (Internal Server Error) for shop.example")
    assert one.sentence.endswith(": this is its own error page, so the fault is probably in its configuration.")


@pytest.mark.parametrize("status", [404, 500])
def test_an_error_from_a_cache_says_so(status: int) -> None:
    headers = {"x-cache": "HIT", "age": "422"}

    (one,) = answer(evidence(session=failing_session(status, "", headers=headers)))

    assert one.sentence.endswith(
        "; a cache sent this response (x-cache: HIT, age: 422 s), so the origin may work again."
    )


def test_a_password_in_front_of_the_website_is_named() -> None:
    headers = {"www-authenticate": 'Basic realm="Staging"'}

    (one,) = answer(evidence(session=failing_session(401, "", headers=headers)))

    assert 'its server asks for a user name and password (Basic realm="Staging")' in one.sentence


def test_a_missing_token_is_no_password() -> None:
    headers = {"www-authenticate": 'Bearer error="invalid_token"'}

    (one,) = answer(evidence(session=failing_session(401, "", headers=headers)))

    assert "(Unauthorized): it requires a sign-in" in one.sentence


def test_the_reason_why_a_token_is_refused_is_named() -> None:
    headers = {"www-authenticate": 'Bearer error="invalid_token", error_description="The access token expired"'}

    (one,) = answer(evidence(session=failing_session(401, "", headers=headers)))

    assert "it requires a sign-in, and its server says “The access token expired”" in one.sentence


def test_a_blocked_country_is_no_bot_protection() -> None:
    text = "Sorry, you have been blocked: the owner has banned the country or region your IP address is in"

    (one,) = answer(evidence(session=failing_session(403, text)))

    assert "it blocks the country or region of this machine" in one.sentence


def test_another_server_than_before_is_not_called_the_origin() -> None:
    good = session(headers={"server": "shop/1.0"})

    (one,) = answer(evidence(session=failing_session(503, "", headers={"server": "other"}), good_session=good))

    assert one.sentence.startswith("shop.example fails with status 503")
    assert "Before, the server named itself shop/1.0. Another server or a proxy may" in one.why


@pytest.mark.parametrize("headers", [{"server": "shop/1.1"}, {}], ids=["another version", "no name"])
def test_another_version_or_no_name_is_not_another_server(headers: dict[str, str]) -> None:
    good = session(headers={"server": "shop/1.0"})

    (one,) = answer(evidence(session=failing_session(503, "", headers=headers), good_session=good))

    assert "Another server" not in one.why


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("60", ", and asks clients to retry after 60 s."),
        ("3600", ", and asks clients to retry after 3,600 s."),
        ("0", "(Too Many Requests)."),
        ("²", "(Too Many Requests)."),
        ("99999999999999999999", "(Too Many Requests)."),
        ("Tue, 01 Dec 2026 12:00:00 GMT", "(Too Many Requests)."),
    ],
)
def test_a_sensible_retry_after_is_in_the_sentence(value: str, words: str) -> None:
    (one,) = answer(evidence(session=failing_session(429, "", headers={"retry-after": value})))

    assert one.sentence.endswith(words)


def failing_session(status: int, text: str, **facts: Any) -> SessionFact:
    return session(exchanges=(exchange("/", "document", status_code=status),), text=text, **facts)
