"""Whether the process of a session is certainly gone."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from core.debugging.session_owner import Owner, is_gone, this_process


def test_parse_reads_what_str_has_written() -> None:
    assert Owner.parse(str(this_process())) == this_process()
    assert Owner.parse("nonsense") is None


def test_a_running_process_is_not_gone() -> None:
    assert not is_gone(str(this_process()))
    assert not is_gone(str(replace(this_process(), pid=os.getppid(), token="other")))


def test_a_process_that_has_ended_is_gone() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    assert is_gone(str(replace(this_process(), pid=process.pid, token="other")))


def test_an_earlier_process_with_our_pid_is_gone() -> None:
    assert is_gone(str(replace(this_process(), token="earlier")))


@pytest.mark.parametrize("owner", ["another-machine/1/abc", "nonsense"])
def test_a_process_on_another_machine_is_never_certainly_gone(owner: str) -> None:
    assert not is_gone(owner)
