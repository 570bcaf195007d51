"""The store's address is accepted in the forms that PostgreSQL's own programs accept."""

import pytest

from core.store_url import normal_store_url


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("postgresql://ann:a%2Cb@a,b/db", "postgresql+psycopg://ann:a%2Cb@/db?host=a&host=b"),
        (
            "postgresql://a:5432,b:5433/db?sslmode=require",
            "postgresql+psycopg:///db?host=a:5432&host=b:5433&sslmode=require",
        ),
        ("postgresql://ann:a,b@host/db", "postgresql+psycopg://ann:a,b@host/db"),
    ],
    ids=["two servers", "with ports", "a comma in a password"],
)
def test_a_comma_separated_list_of_servers_is_accepted(given: str, taken: str) -> None:
    assert normal_store_url(given) == taken


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://ann@host:http/db",
        "postgresql+asyncpg://ann@host/db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file::memory:?uri=true",
    ],
)
def test_a_database_that_cannot_be_used_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="must be sqlite:///FILE or postgresql://"):
        normal_store_url(given)


def test_other_names_of_our_drivers_are_accepted() -> None:
    assert normal_store_url("sqlite+pysqlite:///a.sqlite3") == "sqlite:///a.sqlite3"
    assert normal_store_url("postgres://ann@host/db") == "postgresql+psycopg://ann@host/db"
