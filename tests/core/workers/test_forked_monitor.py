"""A forked monitor ends as one that is started; what it does is in tests/e2e/test_monitor_process.py."""

import subprocess
import sys

import pytest

from core.workers import forked_monitor

SCRIPT = """
import asyncio, os, psutil
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

asyncio.run(main(fork(), fork(), fork()))
"""


@pytest.mark.skipif(not forked_monitor.IS_POSSIBLE, reason="forked on Linux only")
def test_it_waits_for_settings_ends_with_its_input_and_tells_how_it_ended() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False)

    assert run.stdout.splitlines() == ["0 -9 -9 -9", "ww-monitor None", "0"], run.stderr
    assert run.stderr == ""
