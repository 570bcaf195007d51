"""What tests of monitoring have in common."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from core import clock


@pytest.fixture
def machine_time() -> Iterator[None]:
    """The clock, which a test may set, is the machine's again afterwards."""
    yield
    clock.set_clock(datetime.now(UTC))
