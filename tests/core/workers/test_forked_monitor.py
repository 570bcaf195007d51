"""A forked monitor ends like a started one; tests/e2e/test_monitor_process.py tests what it does."""

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, os, psutil
from core.models import Base
from core.workers.forked_monitor import fork

async def main(waiting, needless, killed):
    needless.stdin.close()
    killed.kill()
    print(await needless.wait(), await killed.wait(), await killed.wait(), killed.returncode)
    looking = asyncio.create_task(waiting.wait())
    await asyncio.sleep(0)
    looking.cancel()
    print(psutil.Process(waiting.pid).name(), waiting.returncode)
    waiting.stdin.close()
    print(await asyncio.wait_for(waiting.wait(), 10))
    print(all(mapper.configured for mapper in Base.registry.mappers))  # in memory that they have in common

asyncio.run(main(fork(), fork(), fork()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="forked on Linux only")
def test_it_waits_for_settings_ends_with_its_input_and_returns_its_exit_status() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)

    assert run.stdout.splitlines() == ["0 -9 -9 -9", "ww-monitor None", "0", "True"], run.stderr
    assert run.stderr == ""


def test_fork_returns_none_when_no_process_can_be_started() -> None:
    script = """
import resource
from core.workers.forked_monitor import fork
resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
print(fork())
"""

    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)

    assert run.stdout == "None\n", run.stderr
