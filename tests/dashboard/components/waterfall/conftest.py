"""A served waterfall for a real browser."""

import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of `benchmarks._waterfall_app`, served by a separate process."""
    command = [sys.executable, "-m", "benchmarks._waterfall_app", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().strip()
        server.terminate()
