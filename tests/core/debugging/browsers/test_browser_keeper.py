"""A keeper leaves no process and no folder, however its program ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from core.debugging.browsers.browser_profile import FOLDER_PREFIX
from core.debugging.browsers.chromium_process import KEEPER

WITH_ORPHAN = """
import os, subprocess, sys, time
orphan = subprocess.Popen([sys.executable, "-IS", "-c", "import time; time.sleep(600)"], start_new_session=True)
print(os.getpid(), orphan.pid, flush=True)
time.sleep(600)
"""
"""A program with a child that does not end with it, as Playwright's driver has."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / f"{FOLDER_PREFIX}1"
    path.mkdir()
    return path


@pytest.fixture
def keeper(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-IS", str(KEEPER), str(folder), "driver", sys.executable, "-IS", "-c", WITH_ORPHAN]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def started(keeper: subprocess.Popen[str]) -> list[psutil.Process]:
    assert keeper.stdout is not None
    return [psutil.Process(int(word)) for word in keeper.stdout.readline().split()]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets a program adopt orphans")
@pytest.mark.parametrize("is_frozen", [False, True], ids=["working", "frozen"])
def test_a_program_that_ignores_the_end_of_its_input_is_killed(
    keeper: subprocess.Popen[str], folder: Path, is_frozen: bool
) -> None:
    processes = started(keeper)
    if is_frozen:
        for process in processes:
            process.send_signal(signal.SIGSTOP)

    assert keeper.stdin is not None
    keeper.stdin.close()
    keeper.wait(timeout=30)

    assert not [process for process in processes if process.is_running()]
    assert not folder.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets a program adopt orphans")
def test_what_a_killed_program_started_is_killed(keeper: subprocess.Popen[str], folder: Path) -> None:
    processes = started(keeper)

    processes[0].kill()
    keeper.wait(timeout=30)

    assert not [process for process in processes if process.is_running()]
    assert not folder.exists()
