"""How selected websites are watched, in words."""

from sqlalchemy.orm import Session

from dashboard.queries import selected_websites
from tests.factories import make_website


def test_common_and_differing_values_are_described(db: Session) -> None:
    intervals = [60, 60, 60, 30, 30, 300, 300, 600, 900]
    ids = [make_website(db, check_interval=seconds).id for seconds in intervals]

    told = selected_websites.load(db, ids)

    assert told == {
        "check_interval": "Now 60 s (3 websites), 30 s (2 websites), 300 s (2 websites) and others (2).",
        "timeout": "Now 10 s.",
        "auto_debug": "Now yes.",
    }
