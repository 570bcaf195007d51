"""Gatus' conditions become check options."""

import pytest

from core.importers.gatus_conditions import read_conditions
from core.importers.import_data import ImportData


@pytest.mark.parametrize(
    ("conditions", "options"),
    [
        (["[STATUS] == 200"], {"accepted_statuses": "200"}),
        (["[STATUS] == any(200, 204, 201)"], {"accepted_statuses": "200-201,204"}),
        (["[STATUS] >= 200", "[STATUS] < 300"], {"accepted_statuses": "200-299"}),
        (["[STATUS] < 300", "[STATUS] != 204"], {"accepted_statuses": "100-203,205-299"}),
        (["[STATUS] > 199", "[STATUS] <= 299"], {"accepted_statuses": "200-299"}),
        (["[STATUS] == 999"], {"accepted_statuses": "999"}),
        (["[CONNECTED] == true"], {}),
        (["[RESPONSE_TIME] < 500"], {"max_response_ms": 500.0}),
        (["[CERTIFICATE_EXPIRATION] > 48h"], {"min_certificate_days": 2}),
        (["[BODY] == pat(*a*)", "[BODY] != pat(*b*)"], {"body_contains": "a", "body_excludes": "b"}),
        (["[BODY] == a.b"], {"body_matches": r"^a\.b$"}),
        (
            ["[BODY].a == 1.5", "[BODY].b == 2", "[BODY].c == true", '[BODY].d == "1"'],
            {
                "json_equals": [
                    {"path": "$.a", "equals": 1.5},
                    {"path": "$.b", "equals": 2},
                    {"path": "$.c", "equals": True},
                    {"path": "$.d", "equals": "1"},
                ]
            },
        ),
        (
            ["[BODY].my-key[0].é == a", "[BODY][1].it's == b"],
            {
                "json_equals": [
                    {"path": "$['my-key'][0].é", "equals": "a"},
                    {"path": "$[1]['it\\'s']", "equals": "b"},
                ]
            },
        ),
    ],
)
def test_conditions_become_check_options(conditions: list[str], options: dict[str, object]) -> None:
    found = ImportData(source="")

    assert read_conditions("shop", conditions, found) == options
    assert found.left == []


@pytest.mark.parametrize(
    "condition",
    [
        "[STATUS] == 2xx",
        "[CONNECTED] == false",
        "[DOMAIN_EXPIRATION] > 720h",
        "len([BODY].a) > 1",
        "[BODY].a == pat(x*)",
        "[BODY] != gone",
        "nothing",
    ],
)
def test_unknown_conditions_are_reported(condition: str) -> None:
    found = ImportData(source="")

    assert read_conditions("shop", [condition], found) == {}
    assert [(left.what, left.why) for left in found.left] == [
        ("condition of shop", f"{condition} cannot be converted.")
    ]


def test_a_second_condition_of_a_kind_is_reported() -> None:
    found = ImportData(source="")

    options = read_conditions("shop", ["[BODY] == pat(*a*)", "[BODY] == pat(*b*)"], found)

    assert options == {"body_contains": "a"}
    assert found.left[0].why == "[BODY] == pat(*b*) is not imported: an earlier condition of the same kind exists."


def test_contradictory_conditions_are_reported() -> None:
    found = ImportData(source="")

    assert read_conditions("shop", ["[STATUS] == 200", "[STATUS] == 404"], found) == {}
    assert found.left[0].why == "No status code meets all conditions."
