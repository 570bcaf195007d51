"""Results are judged by expectations, with messages about the unmet ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest

from core.clock import BUILT
from core.models import MonitorStatus
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.verdict import Expectation, Policy, judge
from core.schemas.check_options import CheckOptions
from tests.factories import NOON
from tests.probe_results import GOOD


@pytest.mark.parametrize(
    ("now", "status"),
    [(datetime(1970, 1, 1, 0, 1, tzinfo=UTC), MonitorStatus.UNKNOWN), (BUILT, MonitorStatus.DOWN)],
    ids=["a clock that was not set", "a right one"],
)
def test_a_not_yet_valid_certificate_is_not_judged_when_the_clock_is_wrong(
    now: datetime, status: MonitorStatus
) -> None:
    kind, sentence = ProbeErrorKind.TLS_NOT_YET_VALID, "No secure connection: its certificate is not valid yet."

    verdict = judge(replace(GOOD, started_at=now, http_status_code=None, error=sentence, error_kind=kind))

    assert verdict.status == status
    assert verdict.reason is not None
    assert verdict.reason.endswith(sentence)
    assert verdict.reason.startswith("This machine's clock") is (status == MonitorStatus.UNKNOWN)


@pytest.mark.parametrize("code", [200, 204, 300, 399])
def test_an_accepted_status_is_up(code: int) -> None:
    verdict = judge(replace(GOOD, http_status_code=code))

    assert (verdict.status, verdict.reason) == (MonitorStatus.UP, None)


@pytest.mark.parametrize("code", [199, 400, 404, 500, 503])
def test_any_other_status_is_down_with_both_values_in_the_message(code: int) -> None:
    verdict = judge(replace(GOOD, http_status_code=code))

    assert verdict.status == MonitorStatus.DOWN
    assert verdict.reason == f"The server returned status {code}; expected 200 to 399."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (302, "The server returned status 302, a redirect without a Location header."),
        (304, "The server returned status 304 (Not Modified) to a request without conditions."),
    ],
)
def test_a_response_that_browsers_cannot_show_is_down(code: int, words: str) -> None:
    verdict = judge(replace(GOOD, http_status_code=code))

    assert (verdict.status, verdict.reason, verdict.kind) == (MonitorStatus.DOWN, words, Expectation.STATUS)


@pytest.mark.parametrize(
    ("code", "options"),
    [
        (302, CheckOptions(follow_redirects=False)),
        (302, CheckOptions(accepted_statuses="302")),
        (304, CheckOptions(headers={"If-None-Match": '"a"'})),
        (304, CheckOptions(accepted_statuses="200,304")),
    ],
    ids=["not followed", "wanted", "asked for", "wanted, too"],
)
def test_a_response_that_browsers_cannot_show_is_up_if_expected(code: int, options: CheckOptions) -> None:
    assert judge(replace(GOOD, http_status_code=code), Policy(options=options)).status == MonitorStatus.UP


def test_no_response_is_down_with_the_message_of_the_probe() -> None:
    words = "a.example refused the connection on port 80."
    result = replace(GOOD, http_status_code=None, error=words, error_kind=ProbeErrorKind.CONNECT_REFUSED)

    verdict = judge(result)

    assert (verdict.status, verdict.reason) == (MonitorStatus.DOWN, words)


def test_a_slow_response_is_degraded_only_above_the_limit() -> None:
    policy = Policy(options=CheckOptions(max_response_ms=120))

    assert judge(GOOD, policy).status == MonitorStatus.UP
    slow = judge(replace(GOOD, response_time_ms=120.6), policy)
    assert slow.status == MonitorStatus.DEGRADED
    assert slow.reason == "The response took 121 ms; the limit is 120 ms."


@pytest.mark.parametrize(
    ("left", "status"),
    [
        (timedelta(days=14), MonitorStatus.UP),
        (timedelta(days=14, seconds=-1), MonitorStatus.DEGRADED),
        (timedelta(hours=1), MonitorStatus.DEGRADED),
        (timedelta(), MonitorStatus.DOWN),
        (timedelta(days=-3), MonitorStatus.DOWN),
    ],
    ids=str,
)
def test_a_website_is_degraded_two_weeks_before_its_certificate_expires_and_down_after(
    left: timedelta, status: MonitorStatus
) -> None:
    assert judge(replace(GOOD, certificate_expires_at=NOON + left)).status == status


def test_the_message_about_an_expiring_certificate_contains_its_date_and_the_limit() -> None:
    soon = judge(replace(GOOD, certificate_expires_at=NOON + timedelta(days=2, hours=1)))
    today = judge(replace(GOOD, certificate_expires_at=NOON + timedelta(hours=1)))

    assert soon.reason is not None
    assert today.reason is not None
    assert soon.reason.endswith("UTC, in less than 3 days; expected at least 14.")
    assert f"{NOON + timedelta(days=2, hours=1):%Y-%m-%d %H:%M}" in soon.reason
    assert today.reason.startswith("The certificate expires within a day")


def test_without_a_limit_only_an_expired_certificate_is_reported() -> None:
    policy = Policy(certificate_days=0)

    assert judge(replace(GOOD, certificate_expires_at=NOON + timedelta(hours=1)), policy).status == MonitorStatus.UP
    assert judge(replace(GOOD, certificate_expires_at=NOON - timedelta(hours=1)), policy).status == MonitorStatus.DOWN


JSON = b'{"status": "down", "n": 1, "ok": true, "checks": [{"name": "db", "up": false}, {"name": "mq", "up": true}]}'


def expecting(*, body: bytes = b"Hello, World", came: dict[str, Any] | None = None, **options: Any) -> str | None:
    """What is said of an answer with *body*, under *options*."""
    result = replace(GOOD, body=body, **(came or {}))
    return judge(result, Policy(options=CheckOptions.model_validate(options))).reason


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"accepted_statuses": "200-299,401"}, None),
        (
            {"accepted_statuses": "201-299,401"},
            "The server returned status 200; expected 201 to 299, 401.",
        ),
        ({"body_contains": "World"}, None),
        ({"body_contains": "world"}, "The body should contain 'world'; it begins with 'Hello, World'."),
        ({"body_excludes": "error"}, None),
        ({"body_excludes": "World"}, "The body should not contain 'World'; it says 'Hello, World'."),
        ({"body_matches": r"^Hello,\s+\w+$"}, None),
        ({"body_matches": "[0-9]+"}, "The body should match '[0-9]+'; it begins with 'Hello, World'."),
        ({"header_equals": {"X-State": "fine"}}, None),
        ({"header_equals": {"x-state": "bad"}}, "The header x-state should be 'bad'; it is 'fine'."),
        ({"header_equals": {"X-Other": "a"}}, "The header X-Other should be 'a'; there is none."),
        ({"json_equals": [{"path": "$.a", "equals": 1}]}, "The body should be JSON; it begins with 'Hello, World'."),
        ({"http_version": "1.1"}, None),
        ({"http_version": "2"}, "The server responded in http/1.1; expected h2."),
        ({"max_response_ms": 100}, "The response took 120 ms; the limit is 100 ms."),
    ],
    ids=str,
)
def test_the_message_of_an_unmet_expectation_contains_the_actual_value(
    options: dict[str, Any], words: str | None
) -> None:
    came = {"headers": (("content-type", "text/plain"), ("x-state", "fine"))}

    assert expecting(came=came, **options) == words


@pytest.mark.parametrize(
    ("path", "equals", "words"),
    [
        ("$.status", "down", None),
        ("$.status", "up", "'$.status' should be '\"up\"'; it is \"down\"."),
        ("$.n", 1, None),
        ("$.n", 1.0, None),
        ("$.n", "1", "'$.n' should be '\"1\"'; it is 1."),
        ("$.ok", 1, "'$.ok' should be '1'; it is true."),
        ("$.checks[?@.name == 'db'].up", False, None),
        ("$.checks[*].up", True, "'$.checks[*].up' should be 'true'; it is false."),
        ("$..up", True, "'$..up' should be 'true'; it is false."),
        ("$.checks", None, None),
    ],
    ids=str,
)
def test_json_values_are_compared_by_type_and_every_match_must_agree(path: str, equals: Any, words: str | None) -> None:
    said = expecting(body=JSON, json_equals=[{"path": path, "equals": equals}])

    if path == "$.checks":
        assert said is not None
        assert said.startswith("'$.checks' should be 'null'; it is [{")
    else:
        assert said == words


def test_a_missing_json_path_is_reported() -> None:
    said = expecting(body=b"[1]", json_equals=[{"path": "$.a", "equals": 1}])

    assert said == "'$.a' should be '1'; there is nothing; it begins with '[1]'."


def test_all_unmet_expectations_are_listed_the_most_serious_first() -> None:
    options = CheckOptions(max_response_ms=100, body_contains="bye", accepted_statuses="204")

    verdict = judge(replace(GOOD, body=b"Hello"), Policy(options=options))

    assert verdict.status == MonitorStatus.DOWN
    assert verdict.kind == "status"
    assert [unmet.expectation for unmet in verdict.unmet] == [
        Expectation.STATUS,
        Expectation.BODY,
        Expectation.RESPONSE_TIME,
    ]
    assert verdict.reason == " ".join(unmet.sentence for unmet in verdict.unmet)


def test_the_certificate_limit_can_be_set_for_each_website() -> None:
    result = replace(GOOD, certificate_expires_at=NOON + timedelta(days=20))

    assert judge(result).status == MonitorStatus.UP
    assert judge(result, Policy(options=CheckOptions(min_certificate_days=30))).status == MonitorStatus.DEGRADED
    assert judge(result, Policy(options=CheckOptions(min_certificate_days=0), certificate_days=60)).status == "UP"


SECRET = CheckOptions.model_validate(
    {
        "basic_auth": {"username": "ann", "password": "hunter2/x"},
        "headers": {"X-Api-Key": "k-123456"},
        "body": "login=ann&pin=4711",
        "proxy": "http://ann:pr0xy@127.0.0.1:1",
        "body_contains": "fine",
        "header_equals": {"x-echo": "fine"},
        "json_equals": [{"path": "$.echo", "equals": "fine"}],
    }
)


@pytest.mark.parametrize(
    "echo",
    ["hunter2/x", "hunter2%2Fx", "k-123456", "login=ann&pin=4711", "pr0xy", "YW5uOmh1bnRlcjIveA==", "t0ken-in-url"],
)
def test_a_secret_that_the_server_returns_is_not_in_the_message(echo: str) -> None:
    for padding in range(0, 140, 7):
        body = b'{"echo": "' + b"-" * padding + echo.encode() * 3 + b'"}'
        result = replace(GOOD, body=body, headers=(("x-echo", echo),))
        policy = Policy().of("http://u:t0ken-in-url@a.example/", SECRET)

        said = judge(result, policy).reason or ""

        assert len(judge(result, policy).unmet) == 3
        assert echo not in said
        assert echo[:5] not in said


def test_excerpts_are_short_and_on_one_line() -> None:
    said = expecting(body=b"\x1b[31m" + b"a\r\nb\x00\xff" * 10_000, body_contains="nothing of the kind") or ""

    assert len(said) < 250
    assert said.isprintable()


@pytest.mark.parametrize("charset", ["punycode", "utf-7", "hex", "zip", "unicode_escape", "nonsense", "IDNA"])
def test_an_unknown_character_set_is_ignored(charset: str) -> None:
    came = {"headers": (("content-type", f"text/plain; charset={charset}"),)}

    assert expecting(body=b"a-b" * 300_000, came=came, body_contains="a-ba-b") is None


def test_a_body_is_decoded_with_its_own_character_set() -> None:
    came = {"headers": (("content-type", 'text/html; charset="ISO-8859-1"'),)}

    assert expecting(body="Grüße".encode("latin-1"), came=came, body_contains="Grüße", body_matches="^Gr.{2}e$") is None
    assert expecting(body=b"\xef\xbb\xbf{}", came={}, json_equals=[]) is None


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (b"a" * 1_000_000 + b"!", {"body_matches": "(a+)+$"}),
        (b"[" * 500_000, {"json_equals": [{"path": "$..a", "equals": 1}]}),
        (b"[" * 1_000 + b"]" * 1_000, {"json_equals": [{"path": "$..a", "equals": 1}]}),
        (b"[" + b"[1]," * 100_000 + b"[1]]", {"json_equals": [{"path": "$..[?@.a == 1]", "equals": 1}]}),
    ],
    ids=["regex that backtracks", "unclosed brackets", "deep", "wide"],
)
def test_a_hostile_body_is_judged_quickly(body: bytes, options: dict[str, Any]) -> None:
    began = process_time()  # not what other programs take meanwhile

    assert expecting(body=body, **options) is not None
    assert process_time() - began < 2
