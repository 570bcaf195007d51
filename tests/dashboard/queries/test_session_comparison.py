"""Which session another is compared with."""

from sqlalchemy.orm import Session

from dashboard.queries.session_comparison import comparable
from tests.factories import make_session, make_website


def test_sessions_of_the_same_page_come_first(db: Session) -> None:
    website = make_website(db)
    page, api = "https://shop.example/", "https://shop.example/api/stock"
    session, older, newer = (make_session(db, website, url=url, success=False) for url in (page, page, api))

    found = comparable(db, session, None, None)

    assert list(found.others) == [older.id, newer.id]
    assert found.compared is not None
    assert found.compared.other_id == older.id
    assert found.others[newer.id].endswith(f", {api}")
    assert api not in found.others[older.id]
