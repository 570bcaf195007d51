"""Words are found across the store, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, update
from sqlalchemy.orm import Session

from core import database
from core.models import ConsoleMessage, DebugSession, MonitorCheck, MonitorStatus, NetworkEvent, Website
from core.models.search_index import LIMIT
from core.services import TagCRUD
from core.services.search import fts5_query, search, tsquery
from tests.conftest import Queries
from tests.factories import NOON, make_check, make_event, make_session, make_website, make_window


def test_websites_are_found_by_any_part_of_name_url_and_tag(store: Session) -> None:
    shop = make_website(store, name="Checkout", url="https://ann:hush@pay.example.org/health")
    TagCRUD.set_for_website(store, shop.id, ["revenue"])
    make_website(store, name="Blog")

    for words in ("heck", "PAY.example", "reven", "check pay.ex"):
        (hit,) = search(store, words).websites
        assert hit.website_id == shop.id
    assert "hush" not in str(search(store, "pay").websites)
    assert search(store, "checkout blog").websites == []


def test_a_name_is_found_with_or_without_diacritics(store: Session) -> None:
    bank = make_website(store, name="Ødegård bank", url="https://a.example/")
    plain = make_website(store, name="Odegard shop", url="https://b.example/")

    assert [hit.website_id for hit in search(store, "odegard BANK").websites] == [bank.id]
    assert {hit.website_id for hit in search(store, "ødegård").websites} == {bank.id, plain.id}
    assert search(store, "odegarden").websites == []


def test_a_nul_separates_words_like_a_space(store: Session) -> None:
    shop = make_website(store, name="Checkout")

    assert [hit.website_id for hit in search(store, "check\0out").websites] == [shop.id]


def test_a_match_in_the_url_is_shown_rather_than_one_in_the_name(store: Session) -> None:
    make_website(store, name="shop.example", url="https://shop.example/cart")

    (hit,) = search(store, "shop").websites

    assert (hit.where, hit.before + hit.match + hit.after) == ("URL", "https://shop.example/cart")


def test_a_website_found_by_a_tag_shows_that_tag(store: Session) -> None:
    cart = make_website(store, name="Cart", url="https://cart.example/")
    TagCRUD.set_for_website(store, cart.id, ["eu", "my shop"])

    (hit,) = search(store, "shop").websites

    assert (hit.where, hit.before, hit.match) == ("tag", "my ", "shop")


def test_matches_of_the_name_come_before_matches_of_the_url(store: Session) -> None:
    for number, name in enumerate(("Client 007", "12 clients", "Client 120", "Client 12")):
        make_website(store, name=name, url=f"https://client-127.example/{number}")

    found = search(store, "client 12").websites

    assert [hit.website for hit in found] == ["Client 12", "Client 120", "12 clients", "Client 007"]


def test_errors_of_checks_are_found_once_per_website_and_text(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    for _ in range(3):
        make_check(store, website, status=MonitorStatus.DOWN, error_message="The host refused the connection.")
    make_check(store, other, status=MonitorStatus.DOWN, error_message="Timed out after 10 s.")
    make_check(store, other)

    (hit,) = search(store, "refus conn").checks

    assert (hit.website_id, hit.count, hit.where) == (website.id, 3, "error")
    assert (hit.before, hit.match) == ("The host ", "refus")
    assert search(store, "refused timed").checks == []


def test_cut_text_has_an_ellipsis(store: Session) -> None:
    said = f"{'before ' * 20}needle{' after' * 20}"
    make_check(store, make_website(store), status=MonitorStatus.DOWN, error_message=said)

    (hit,) = search(store, "needle").checks

    assert (hit.before[0], hit.after[-1]) == ("…", "…")
    assert (len(hit.before), len(hit.after)) == (70, 70)
    assert hit.before[1:] + hit.match + hit.after[:-1] in said


def test_requests_are_found_by_url_and_header_value_once_per_exchange(store: Session) -> None:
    session = make_session(store, make_website(store))
    shared = {"url": "https://cdn.example.org/api/orders_v2/77?sort=up", "exchange_id": "9.1"}
    make_event(store, session, **shared, request_headers={"X-Request-Id": "7f3a-11"})
    make_event(store, session, **shared, response_headers={"server": "nginx/1.27"})
    make_event(store, session, url="https://cdn.example.org/app.js", exchange_id="9.2")

    for words, where in (
        ("/api/orders", "URL"),
        ("api/orders_v2/77?sort", "URL"),
        ("7f3a-11", "request headers"),
        ("nginx/1.2", "response headers"),
    ):
        (hit,) = search(store, words).requests
        assert (hit.session_id, hit.exchange_id, hit.where) == (session.id, "9.1", where), words
    assert len(search(store, "cdn.example").requests) == 2
    assert search(store, "orders/77").requests == []


def test_sessions_are_found_by_error_title_and_console(store: Session) -> None:
    failed = make_session(store, make_website(store), error_message="net::ERR_NAME_NOT_RESOLVED")
    noisy = make_session(store, make_website(store), title="Welcome back")
    lines = {"debug_session_id": noisy.id, "source": "exception", "timestamp": NOON, "offset_ms": 1.0}
    store.add(ConsoleMessage(**lines, level="error", text="TypeError: basket is undefined"))
    store.add(ConsoleMessage(**lines, level="log", text="basket loaded"))
    store.flush()

    assert [hit.session_id for hit in search(store, "err_name").sessions] == [failed.id]
    assert [hit.session_id for hit in search(store, "welcome").sessions] == [noisy.id]
    (hit,) = search(store, "basket").sessions
    assert (hit.session_id, hit.where, hit.match) == (noisy.id, "console", "basket")


def test_downtime_is_found_by_cause_and_notes(store: Session) -> None:
    window = make_window(store, make_website(store), root_cause="Certificate expired", notes="renewed by ann")

    assert [hit.window_id for hit in search(store, "ann").windows] == [window.id]
    assert [hit.window_id for hit in search(store, "certificate").windows] == [window.id]


def test_deleted_and_changed_texts_are_not_found(store: Session) -> None:
    website = make_website(store)
    session = make_session(store, website)
    make_check(store, website, status=MonitorStatus.DOWN, error_message="quokka")
    event = make_event(store, session, url="https://quokka.example/")

    store.execute(update(NetworkEvent).where(NetworkEvent.id == event.id).values(url="https://wombat.example/"))
    assert (search(store, "quokka").requests, len(search(store, "wombat").requests)) == ([], 1)

    store.execute(delete(DebugSession).where(DebugSession.id == session.id))
    assert search(store, "wombat").requests == []
    assert len(search(store, "quokka").checks) == 1
    store.execute(delete(Website).where(Website.id == website.id))
    assert search(store, "quokka").total == 0
    store.expunge_all()
    next_session = make_session(store, make_website(store))
    make_event(store, next_session, url="https://other.example/")  # SQLite gives it the id of the deleted one
    assert search(store, "wombat").requests == []


@pytest.mark.parametrize("words", ["", "  ", "'", '"', "*", "a:b", "NOT", "x AND", "%", "_", "\\", "(", "<->", "\x00"])
def test_no_input_is_an_operator_or_an_error(store: Session, words: str) -> None:
    make_website(store, name="Plain")

    assert search(store, words).checks == []


def test_headers_of_any_size_are_stored_and_their_beginning_is_searched(store: Session) -> None:
    session = make_session(store, make_website(store))
    long = " ".join(f"w{number:x}" for number in range(400_000))
    make_event(store, session, url="https://a.example/", request_headers={"cookie": f"early {long} late"})
    assert len(long) > 2 * LIMIT

    assert len(search(store, "early").requests) == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(store: Session, query_counter: Queries) -> None:
    engine = store.get_bind()
    assert isinstance(engine, Engine)
    session = make_session(store, make_website(store))
    make_event(store, session, url="https://a.example/needle")
    with query_counter.counted(engine) as queries:
        search(store, "needle")
    few = len(queries)
    rows: list[dict[str, Any]] = [
        {
            "debug_session_id": session.id,
            "event_type": "REQUEST",
            "url": f"https://a.example/needle/{n}",
            "timestamp": NOON,
        }
        for n in range(300)
    ]
    store.execute(insert(NetworkEvent), rows)

    with query_counter.counted(engine) as queries:
        found = search(store, "needle", limit=8)

    assert (len(queries), len(found.requests)) == (few, 8)


def test_rows_from_before_the_index_are_found(empty_engine: Engine) -> None:
    database.upgrade(empty_engine, "91d3c05ab7e6")
    with empty_engine.begin() as connection:
        moment = "'2026-03-01 12:00:00+00:00'" if empty_engine.dialect.name == "postgresql" else "'2026-03-01 12:00:00'"
        connection.exec_driver_sql(
            "INSERT INTO websites (id, url, name, check_interval, timeout, is_active, created_at, updated_at) "
            f"VALUES (1, 'https://a.example/', 'a', 60, 10, true, {moment}, {moment})"
        )
        connection.exec_driver_sql(
            "INSERT INTO monitor_checks (id, website_id, status, error_message, checked_at, created_at, http_method) "
            f"VALUES (100, 1, 'DOWN', 'quokka bit', {moment}, {moment}, 'GET')"
        )

    database.upgrade(empty_engine)

    with Session(empty_engine) as db:
        assert len(search(db, "quokka").checks) == 1
        db.add(MonitorCheck(website_id=1, status="DOWN", error_message="wombat", checked_at=NOON + timedelta(hours=1)))
        db.flush()
        assert len(search(db, "wombat").checks) == 1


def test_words_become_phrases_with_a_prefix_at_the_end() -> None:
    asked = ['api/v2 "x', "OR"]

    assert fts5_query(["/api/v2", '"x', "--"]) == '"api v2" * AND "x" *'
    assert tsquery(["/api/v2", '"x', "--"]) == "(api <-> v2:*) & (x:*)"
    assert fts5_query(asked[1:]) == '"or" *'
