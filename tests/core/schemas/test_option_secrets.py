"""Secrets in options are shown masked, and put back where a mask is sent back."""

from typing import Any

import pytest

from core.schemas.check_options import CheckOptions
from core.schemas.option_secrets import mask_check_options, mask_session_options, restore_check_options
from core.schemas.session_options import SessionOptions

SECRETS = {
    "basic_auth": {"username": "ann", "password": "p1"},
    "headers": {"X-Api-Key": "p2"},
    "body": "p3",
    "proxy": "http://ann:p4@proxy:3128",
}
MASKS = {
    "basic_auth": {"username": "ann", "password": "[redacted]"},
    "headers": {"X-Api-Key": "[redacted]"},
    "body": "[redacted]",
    "proxy": "http://ann:redacted@proxy:3128",
}


def test_secrets_are_shown_masked_and_kept_when_the_mask_is_sent_back() -> None:
    stored = CheckOptions.model_validate(SECRETS).model_dump(mode="json", exclude_defaults=True)
    assert stored == SECRETS

    assert mask_check_options(stored) == MASKS
    assert restore_check_options(mask_check_options(stored), stored) == stored
    assert CheckOptions.model_validate(MASKS).model_dump(mode="json", exclude_defaults=True) == MASKS


def test_a_bearer_token_is_shown_masked_and_kept_when_the_mask_is_sent_back() -> None:
    shown = mask_check_options({"bearer_token": "abc"})

    assert shown == {"bearer_token": "[redacted]"}
    assert restore_check_options(shown, {"bearer_token": "abc"}) == {"bearer_token": "abc"}


def test_new_secrets_replace_stored_ones() -> None:
    given = {"headers": {"x-api-key": "[redacted]", "X-New": "n"}, "body": "new"}

    assert restore_check_options(given, SECRETS) == {"headers": {"x-api-key": "p2", "X-New": "n"}, "body": "new"}


@pytest.mark.parametrize("given", [{name: value} for name, value in MASKS.items()], ids=str)
def test_a_mask_without_a_stored_secret_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="none is stored; give it in full"):
        restore_check_options(given, None)


def test_secrets_of_session_options_are_not_shown() -> None:
    options = SessionOptions.model_validate(
        {
            "basic_auth": {"username": "ann", "password": "p1"},
            "cookies": [{"name": "sid", "value": "p2"}],
            "extra_headers": {"X-Api-Key": "p3"},
            "proxy": "http://ann:p4@proxy:3128",
        }
    )

    shown = mask_session_options(options.model_dump(mode="json", exclude_defaults=True))

    assert shown == {
        "basic_auth": {"username": "ann", "password": "[redacted]"},
        "cookies": [{"name": "sid", "value": "[redacted]"}],
        "extra_headers": {"X-Api-Key": "[redacted]"},
        "proxy": "http://proxy:3128",
    }
