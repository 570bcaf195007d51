"""Shell completion of the command line."""

import os
import subprocess
import sys

import pytest

PROGRAM = "from dashboard.cli import main; main()"


def completed(**asked: str) -> str:
    """The completions that the command prints for a shell."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM], env=os.environ | asked, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    ("shell", "said"),
    [("bash", "complete -o default -F"), ("zsh", "#compdef watchwright"), ("fish", "complete --command")],
)
def test_a_completion_script_is_printed(shell: str, said: str) -> None:
    assert said in completed(_WATCHWRIGHT_COMPLETE=f"source_{shell}")


def test_completions_are_listed() -> None:
    told = completed(COMP_WORDS="watchwright website re", COMP_CWORD="2", _WATCHWRIGHT_COMPLETE="complete_bash")

    assert told.split() == ["remove", "resume"]
