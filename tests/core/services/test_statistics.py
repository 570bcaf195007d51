"""The latest of many websites."""

from sqlalchemy.orm import Session

from core.models import MonitorStatus
from core.services import statistics
from tests.conftest import Queries
from tests.factories import at, make_check, make_website


def test_current_states_of_all_are_one_read(store: Session, query_counter: Queries) -> None:
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
