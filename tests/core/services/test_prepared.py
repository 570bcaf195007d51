"""What runs past the ORM sees what the ORM is still to store."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Website
from core.services.prepared import IDS, rows_of, run_many

TABLE = Website.__table__


def test_what_was_added_and_not_yet_stored_is_found(db: Session) -> None:
    website = Website(url="https://example.com", name="Shop", check_interval=60, timeout=10)
    db.add(website)

    (found,) = rows_of(db, select(TABLE.c.name), ids=[])

    assert found == ("Shop",)


def test_many_rows_go_in_with_one_statement_and_are_found_by_their_ids(db: Session) -> None:
    rows = [{"url": f"https://{name}", "name": name, "check_interval": 60, "timeout": 10} for name in ("a", "b", "c")]

    run_many(db, TABLE.insert(), rows)  # type: ignore[attr-defined]

    assert rows_of(db, select(TABLE.c.name).where(TABLE.c.id.in_(IDS)).order_by(TABLE.c.id), ids=[1, 3]) == [
        ("a",),
        ("c",),
    ]
