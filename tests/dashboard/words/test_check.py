"""The words that describe how a website is checked, without its secrets."""

from core.schemas.check_options import CheckOptions
from dashboard.parsing.check_flags import options_of
from dashboard.words.check import LABELS, check_words
from tests.dashboard.parsing.test_check_flags import EVERYTHING


def test_default_options_are_not_listed() -> None:
    assert check_words({}) == []


def test_every_option_has_a_label() -> None:
    assert set(LABELS) == set(CheckOptions.model_fields)


def test_changed_options_are_listed_without_secrets() -> None:
    told = check_words(options_of(EVERYTHING).model_dump(mode="json", exclude_defaults=True))

    assert "hush" not in str(told)
    assert ("Request headers", "X-Api-Key, X-Empty") in told
    assert ("Signs in as", "ann") in told
    assert ("JSON", '$.status = ok, $[?@.a==1].b = 2, $.n = "2", $.none = null') in told
    assert ("Degraded above", "1500 ms") in told
    assert ("Redirects", "not followed") in told
