"""Check options are validated with clear messages, and their secrets are masked and kept."""

from typing import Any

import pytest
from pydantic import ValidationError

from core.schemas import explain
from core.schemas.check_options import CheckOptions, as_json_scalar
from core.schemas.website import WebsiteCreate


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"headers": {"A b": "x"}}, "'A b' is not a header name such as X-Api-Key."),
        ({"headers": {"A": "x\r\nB: y"}}, "The header A contains a line break or a control character."),
        ({"headers": {"A": "x", "a": "y"}}, "A header is given twice."),
        (
            {"headers": {"Content-Length": "0"}},
            "The header Content-Length is set by the HTTP client and cannot be changed.",
        ),
        ({"accepted_statuses": "2xx"}, "The accepted status codes must be such as 200-299,401, not '2xx'."),
        ({"accepted_statuses": "299-200"}, "Status codes go from 100 to 999, the lower one first, not 299-200."),
        ({"accepted_statuses": ","}, "The accepted status codes must be such as 200-299,401; none is given."),
        (
            {"body_matches": "(a"},
            "The pattern is not a regular expression that RE2 accepts: missing ): (a.",
        ),
        (
            {"json_equals": [{"path": "status", "equals": 1}]},
            "The JSON path must be such as $.status or $.checks[0].ok: expected '$', found 's'.",
        ),
        ({"json_equals": [{"path": "$..a..b", "equals": 1}]}, "The JSON path may contain .. only once."),
        ({"proxy": "ftp://x:1"}, "The proxy must be http://HOST:PORT, https://…, socks5://… or socks5h://…."),
        ({"proxy": "http://x"}, "The proxy must be http://HOST:PORT, https://…, socks5://… or socks5h://…."),
        (
            {"bearer_token": "Bearer abc"},
            "The bearer token must be one word of printable ASCII, without the word Bearer.",
        ),
        (
            {"basic_auth": {"username": "a:b"}},
            "The user name of basic authentication must not contain a colon.",
        ),
        (
            {"bearer_token": "abc", "headers": {"authorization": "x"}},
            "Give basic_auth, bearer_token or an Authorization header, not several of them.",
        ),
        (
            {"method": "HEAD", "body_contains": "x"},
            "With HEAD there is no body to send or to check; choose another method.",
        ),
        ({"http_version": "3", "proxy": "http://x:1"}, "HTTP/3 does not go through a proxy; choose another version."),
        ({"max_response_ms": 0}, "max_response_ms: must be greater than 0."),
        ({"max_redirects": 21}, "max_redirects: must be 20 or less."),
        ({"colour": "red"}, "colour: there is no such field."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_values_are_rejected_in_one_sentence(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CheckOptions.model_validate(given)

    assert explain(refused.value) == words


@pytest.mark.parametrize(
    "path",
    ["$..[?@..a]", "$[?@.a[?@.b]]", "$[?count($.*) > 1]", "$['a','a']['b','b']", "$[?match(@.a, '(a*)*b')]"],
)
def test_a_json_path_of_unbounded_cost_is_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        CheckOptions.model_validate({"json_equals": [{"path": path, "equals": 1}]})


def test_status_codes_are_stored_in_one_form() -> None:
    assert CheckOptions(accepted_statuses=" 200 - 299 , 401,").accepted_statuses == "200-299,401"
    assert CheckOptions(accepted_statuses="200,999").accepted_statuses == "200,999"


def test_text_to_find_keeps_its_spaces() -> None:
    assert CheckOptions(body_contains=" ok\n").body_contains == " ok\n"


@pytest.mark.parametrize(
    ("text", "value"),
    [("ok", "ok"), ("3", 3), ("3.5", 3.5), ("true", True), ("null", None), ('"3"', "3"), ("[1]", "[1]"), ("", "")],
)
def test_a_json_value_is_parsed_as_a_person_means_it(text: str, value: object) -> None:
    assert as_json_scalar(text) == value
    assert type(as_json_scalar(text)) is type(value)


def test_only_options_that_differ_from_the_defaults_are_stored() -> None:
    website = WebsiteCreate(url="http://a.example", check_options={"method": "GET", "accepted_statuses": "204"})
    plain = WebsiteCreate(url="http://a.example", check_options={"method": "GET"})

    assert website.check_options == {"accepted_statuses": "204"}
    assert plain.check_options is None
