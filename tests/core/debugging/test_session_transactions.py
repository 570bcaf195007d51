"""The page and options of a session; secrets are sent only to the website's own host."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.database import run_in_session
from core.debugging.session_transactions import target_for, tidy_up
from core.debugging.visit_target import VisitTarget
from core.errors import InvalidInput
from core.schemas.option_secrets import mask_session_options
from core.schemas.session_options import BasicAuth, SessionOptions
from tests.conftest import Queries
from tests.factories import make_website

DEFAULTS = {
    "locale": "de-DE",
    "extra_headers": {"X-Key": "hush"},
    "basic_auth": {"username": "ann", "password": "hush"},
    "cookies": [{"name": "login", "value": "hush"}],
}


def test_a_session_uses_the_websites_default_options(db: Session) -> None:
    website = make_website(db, url="https://shop.example", session_defaults=DEFAULTS)

    own, basket = (target_for(db, website.id, None, url) for url in (None, "https://shop.example/basket"))

    assert own == VisitTarget(url=website.url, options=SessionOptions.model_validate(DEFAULTS))
    assert basket == VisitTarget(url="https://shop.example/basket", options=own.options)


@pytest.mark.parametrize("url", ["https://other.example/", "http://shop.example/"], ids=["another host", "without TLS"])
def test_another_host_gets_no_secrets(db: Session, url: str) -> None:
    website = make_website(db, url="https://shop.example", session_defaults=DEFAULTS)

    assert target_for(db, website.id, None, url) == VisitTarget(url=url, options=SessionOptions(locale="de-DE"))
    with pytest.raises(InvalidInput, match="none is stored"):
        target_for(db, website.id, SessionOptions(extra_headers={"X-Key": "[redacted]"}), url)


def test_a_masked_option_uses_the_websites_secret(db: Session) -> None:
    website = make_website(db, url="https://shop.example", session_defaults=DEFAULTS)
    shown = mask_session_options(DEFAULTS)

    target = target_for(db, website.id, SessionOptions.model_validate(shown | {"locale": "fr-FR"}))

    assert target.options == SessionOptions.model_validate(DEFAULTS | {"locale": "fr-FR"})


def test_explicit_options_apply_to_any_host(db: Session) -> None:
    website = make_website(db, url="https://shop.example", session_defaults=DEFAULTS)
    given = SessionOptions(basic_auth=BasicAuth(username="a", password="b"))

    target = target_for(db, website.id, given, "https://other.example/")

    assert target == VisitTarget(url="https://other.example/", options=given)


def test_a_stored_option_that_is_refused_now_is_named_without_its_secrets(db: Session) -> None:
    stored = {"user_agent": "", "extra_headers": {"X-Key": "hush"}, "locale": "de-DE"}
    website = make_website(db, url="https://shop.example")
    website.session_defaults = stored  # by an earlier version

    with pytest.raises(InvalidInput, match=r"^(?!.*hush).*user_agent"):
        target_for(db, website.id, None)


def test_tidy_up_costs_one_query_while_no_session_runs(stored: Engine, query_counter: Queries) -> None:
    with query_counter.counted(stored) as queries:
        assert run_in_session(tidy_up) == []

    assert len(queries) == 1
