"""The flags of a check mean the same as the fields of the form."""

from typing import Any

import pytest

from core.errors import InvalidInput
from core.models import HTTPMethod
from core.schemas.check_options import DEFAULTS, CheckOptions, JsonExpectation
from core.schemas.option_secrets import mask_check_options
from dashboard.parsing.check_flags import OPTIONS, flags_of, options_of, problems
from dashboard.parsing.flags import NOT_TOGETHER

EVERYTHING: dict[str, Any] = {
    "method": "post",
    "header": ["X-Api-Key: hush: hush", "X-Empty:"],
    "body": ' {"a": 1}\n',
    "user_agent": "Ours",
    "basic_auth": "ann:a:b",
    "accept": "200-299,401",
    "contains": " ok ",
    "not_contains": "error",
    "matches": "v[0-9]+",
    "json_equals": ["$.status = ok", "$[?@.a==1].b = 2", '$.n = "2"', "$.none = null"],
    "header_equals": ["Content-Type: text/html"],
    "max_response_ms": "1500",
    "follow_redirects": False,
    "max_redirects": "3",
    "verify_tls": False,
    "min_certificate_days": "30",
    "proxy": "http://127.0.0.1:3128",
    "ip": "4",
    "http": "1.1",
}


def test_no_flags_are_the_defaults() -> None:
    assert options_of(dict.fromkeys(OPTIONS)) == DEFAULTS


def test_every_option_has_a_flag() -> None:
    assert set(OPTIONS.values()) == set(CheckOptions.model_fields)


def test_flags_become_options() -> None:
    options = options_of(EVERYTHING)

    assert options.method is HTTPMethod.POST
    assert options.headers == {"X-Api-Key": "hush: hush", "X-Empty": ""}
    assert options.basic_auth is not None
    assert (options.basic_auth.username, options.basic_auth.password) == ("ann", "a:b")
    assert options.json_equals == [
        JsonExpectation(path="$.status", equals="ok"),
        JsonExpectation(path="$[?@.a==1].b", equals=2),
        JsonExpectation(path="$.n", equals="2"),
        JsonExpectation(path="$.none", equals=None),
    ]
    assert (options.body_contains, options.max_response_ms, options.max_redirects) == (" ok ", 1500, 3)


def test_a_double_equals_sign_is_accepted_unless_quoted() -> None:
    lines = ["$.status == ok", '$.sign = "=ok"']

    options = options_of(dict.fromkeys(OPTIONS) | {"json_equals": lines})

    assert [one.equals for one in options.json_equals] == ["ok", "=ok"]
    assert flags_of(options.model_dump())["json_equals"] == ["$.status = ok", '$.sign = "=ok"']


def test_options_become_the_same_flags_again() -> None:
    options = options_of(EVERYTHING)

    assert options_of(flags_of(options.model_dump(mode="json"))) == options


def test_form_values_contain_no_secret() -> None:
    shown = flags_of(mask_check_options(options_of(EVERYTHING).model_dump(mode="json", exclude_defaults=True)))

    assert "hush" not in str(shown)
    assert shown["basic_auth"] == "ann:[redacted]"
    assert shown["header"] == ["X-Api-Key: [redacted]", "X-Empty: [redacted]"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"header": ["nonsense"]}, "Each must be NAME: VALUE, such as Accept-Language: de, not 'nonsense'."),
        ({"header": ["A: 1", "a: 2"]}, "A header is given twice."),
        ({"basic_auth": "ann"}, "It must be USER:PASSWORD, not 'ann'."),
        ({"json_equals": ["$.status"]}, "Each must be PATH = VALUE, such as $.status = ok, not '$.status'."),
        ({"json_equals": ["status = 1"]}, "The JSON path must be such as $.status or $.checks[0].ok: expected '$'"),
        ({"accept": "2xx"}, "The accepted status codes must be such as 200-299,401, not '2xx'."),
        ({"max_redirects": "many"}, "Must be a whole number."),
        ({"max_redirects": "21"}, "Must be 20 or less."),
        ({"max_response_ms": "0"}, "Must be greater than 0."),
        ({"matches": "(a"}, "The pattern is not a regular expression that RE2 accepts"),
        ({"http": "4"}, "Must be one of 'any', '1.0', '1.1', '2' or '3'."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_invalid_flag_is_one_sentence(flags: dict[str, Any], words: str) -> None:
    (flag,) = flags

    assert problems(flags)[flag].startswith(words)
    with pytest.raises(InvalidInput) as refused:
        options_of(flags)
    assert str(refused.value).startswith(f"--{flag.replace('_', '-')}: {words}")


def test_all_invalid_flags_are_named() -> None:
    assert set(problems({"accept": "x", "proxy": "x", "header": ["x"], "ip": "4"})) == {"accept", "proxy", "header"}


def test_contradictory_flags_are_reported() -> None:
    wrong = problems({"method": "HEAD", "contains": "x"})

    assert wrong == {NOT_TOGETHER: "With HEAD there is no body to send or to check; choose another method."}


def test_flags_change_only_their_own_options() -> None:
    there = options_of(EVERYTHING).model_dump(mode="json", exclude_defaults=True)

    options = options_of({"accept": "204", "method": None}, beside=there)

    assert (options.accepted_statuses, options.method, options.body_contains) == ("204", HTTPMethod.POST, " ok ")
