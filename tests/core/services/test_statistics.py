"""The latest checks of many websites are read."""

from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorStatus
from core.services import MonitorCheckCRUD, statistics
from tests.conftest import Queries
from tests.factories import at, make_check, make_website


def test_current_states_of_all_websites_take_one_query(store: Session, query_counter: Queries) -> None:
    up, down, _never_checked = (make_website(store) for _ in range(3))
    make_check(store, up, checked_at=at(0))
    make_check(store, up, checked_at=at(60))
    make_check(store, down, status=MonitorStatus.DOWN)

    with query_counter.counted(store.get_bind().engine) as queries:
        states = statistics.current_states(store)

    assert len(queries) == 1
    assert {key: (state.status, state.checked_at) for key, state in states.items()} == {
        up.id: (MonitorStatus.UP, at(60)),
        down.id: (MonitorStatus.DOWN, at(0)),
    }
    assert list(statistics.current_states(store, [down.id])) == [down.id]


def test_the_latest_checks_of_many_websites_take_one_query_that_reads_only_them(
    store: Session, query_counter: Queries
) -> None:
    shop, blog, never_checked = (make_website(store) for _ in range(3))
    for website in (shop, blog):
        for second in (120, 0, 60):
            make_check(store, website, checked_at=at(second), http_status_code=200, response_time_ms=second)
    ids = [shop.id, blog.id, never_checked.id]

    with query_counter.counted(store.get_bind().engine) as queries:
        recent = statistics.recent_beats(store, ids, count=2)
        latest = statistics.latest_checks(store, ids)

    assert len(queries) == 2
    assert recent == {website.id: [(MonitorStatus.UP, 60), (MonitorStatus.UP, 120)] for website in (shop, blog)}
    assert {key: check.checked_at for key, check in latest.items()} == {shop.id: at(120), blog.id: at(120)}
    if store.get_bind().dialect.name == "postgresql":
        check, joined = statistics._newest(store, 2)
        query = select(check.id).select_from(joined).compile(store.get_bind(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(store.scalars(text(f"EXPLAIN {query}")))
        assert "SubPlan" not in plan, "it is asked of each check whether it is among them"


def test_a_check_dated_in_the_future_does_not_hide_later_ones(store: Session) -> None:
    website, now = make_website(store), utc_now()
    make_check(store, website, checked_at=now + timedelta(days=4_000), response_time_ms=9, http_status_code=200)

    make_check(store, website, checked_at=now, response_time_ms=7, http_status_code=200)

    assert statistics.recent_beats(store, [website.id], 5) == {website.id: [(MonitorStatus.UP, 7)]}
    assert statistics.latest_checks(store, [website.id])[website.id].checked_at == now
    assert [check.checked_at for check in MonitorCheckCRUD.get_newest(store, website.id, 5)] == [now]
