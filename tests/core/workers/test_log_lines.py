"""Log lines contain the message and its facts, and no secret."""

import io
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core import database
from core.config import Settings
from core.debugging.redact import RedactionPolicy
from core.workers.log_lines import LogLines, secrets_of

SECRET = "hunter2-correct-horse"


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(LogLines(RedactionPolicy(), ("our-own-key-of-32-bytes",)))
    logger = logging.Logger("core.tests")  # noqa: LOG001 - of no other test
    logger.addHandler(handler)
    return logger, written


def test_a_line_contains_the_facts_after_the_message(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log

    logger.warning("a notification was not accepted", extra={"channel_id": 7, "answer": "503 try\nlater"})

    line = written.getvalue()
    assert line.endswith('WARNING core.tests: a notification was not accepted channel_id=7 answer="503 try\\nlater"\n')


@pytest.mark.parametrize(
    "facts",
    [
        {"password": SECRET},
        {"headers": {"Authorization": f"Bearer {SECRET}", "Cookie": f"sid={SECRET}"}},
        {"url": f"https://ada:{SECRET}@shop.example/?token={SECRET}"},
        {"reason": f"POST https://shop.example/?api_key={SECRET} failed"},
        {"body": f'{{"user": "ada", "password": "{SECRET}"}}'},
        {"nested": [{"client_secret": [SECRET]}]},
        {"error": ValueError(f"password={SECRET}")},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_facts_contain_no_secret(log: tuple[logging.Logger, io.StringIO], facts: dict[str, Any]) -> None:
    logger, written = log

    logger.error("it failed", extra=facts)

    assert SECRET not in written.getvalue()
    assert "[redacted:" in written.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        f"password: {SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"GET https://ada:{SECRET}@shop.example/",
        "our-own-key-of-32-bytes",
    ],
)
def test_messages_of_libraries_contain_no_secret(log: tuple[logging.Logger, io.StringIO], message: str) -> None:
    logger, written = log

    logger.warning(message)
    logger.warning("it said %s", message)

    assert SECRET not in written.getvalue()
    assert "our-own-key" not in written.getvalue()


def test_foreign_text_ends_no_line_and_commands_no_terminal(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log

    logger.warning("it said a\nb\x1b[2J\n", extra={"answer": "c\x9b2J\u2028d\u202ee"})

    line = written.getvalue()
    assert line.endswith('it said a\\nb\\x1b[2J answer="c\\x9b2J\\u2028d\\u202ee"\n')
    assert line.count("\n") == 1


def test_tracebacks_contain_no_secret(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log

    try:
        int(f"https://ada:{SECRET}@shop.example/")
    except ValueError:
        logger.exception("it failed")

    assert SECRET not in written.getvalue().partition("ValueError")[2]
    assert "Traceback" in written.getvalue()


def test_an_error_of_the_store_does_not_contain_the_values(tmp_path: Path) -> None:
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")

    with engine.connect() as connection, pytest.raises(SQLAlchemyError) as error:
        connection.execute(text("INSERT INTO nowhere VALUES (:value)"), {"value": SECRET})

    engine.dispose()
    assert SECRET not in str(error.value)


def test_the_secrets_of_the_settings_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", "postgresql://me:store-password@127.0.0.1/db")

    found = secrets_of(Settings(secret_key=SecretStr("key-of-this-installation"), oidc_client_secret=SecretStr("pin")))

    assert found == ("key-of-this-installation", "store-password")


def test_the_formatter_of_the_process_masks_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    handler = logging.StreamHandler(sys.stderr)

    handler.setFormatter(LogLines.of(Settings()))

    assert SECRET not in handler.format(logging.makeLogRecord({"msg": f"token={SECRET}", "levelname": "INFO"}))
