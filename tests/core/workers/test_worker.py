"""What a worker's log contains."""

import logging
from collections.abc import Iterator

import pytest

from core.config import Settings
from core.workers.worker import QUIET, set_up_logging


@pytest.fixture
def levels() -> Iterator[None]:
    """The levels of libraries' loggers are as before afterwards."""
    before = {name: logging.getLogger(name).level for name in (*QUIET, "pgqueuer")}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("name", ["urllib3.connectionpool", "httpcore.http11", "httpx"])
def test_libraries_do_not_log_addresses_and_headers_at_debug(name: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        set_up_logging(Settings(log_level="DEBUG"))
        logging.getLogger(name).debug("POST /services/T1/B1/hush")
        logging.getLogger("core.workers").debug("Ours.")

    assert caplog.messages == ["Ours."]
