"""The axis of response times has round steps in a fitting unit."""

import pytest

from dashboard.components.response_axis import response_axis


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (0.3, ["0 ms", "0.1 ms", "0.2 ms", "0.3 ms", "0.4 ms", "0.5 ms", "0.6 ms"]),
        (7, ["0 ms", "2 ms", "4 ms", "6 ms", "8 ms", "10 ms", "12 ms"]),
        (431, ["0 ms", "100 ms", "200 ms", "300 ms", "400 ms", "500 ms", "600 ms"]),
        (1_000, ["0 ms", "200 ms", "400 ms", "600 ms", "800 ms", "1,000 ms", "1,200 ms"]),
        (1_001, ["0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s"]),
        (6_000, ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s", "12 s"]),
        (90_000, ["0 s", "20 s", "40 s", "60 s", "80 s", "100 s", "120 s"]),
    ],
)
def test_the_unit_follows_the_highest_value_and_all_labels_have_the_same(highest: float, labels: list[str]) -> None:
    axis = response_axis(highest)

    assert axis["ticktext"] == labels
    assert highest <= axis["tickvals"][-2]


def test_the_axis_is_equal_while_its_step_is() -> None:
    assert response_axis(410) == response_axis(490) != response_axis(510)


@pytest.mark.parametrize("highest", [None, 0.0])
def test_an_axis_without_values_has_no_labels(highest: float | None) -> None:
    assert response_axis(highest)["showticklabels"] is (highest is not None)
