"""The command line completes itself in a shell, as others do."""

import os
import subprocess
import sys

from tests.command import run

PROGRAM = "from dashboard.cli import main; main()"


def test_a_shell_is_shown_how_to_complete() -> None:
    told = run("--show-completion", "bash")

    assert told.returncode == 0
    assert "complete -o default -F _watchwright_completion watchwright" in told.stdout


def test_a_shell_is_told_what_may_follow() -> None:
    asked = {"COMP_WORDS": "watchwright website re", "COMP_CWORD": "2", "_WATCHWRIGHT_COMPLETE": "complete_bash"}

    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=os.environ | asked, capture_output=True, text=True, check=True
    )

    assert told.stdout.split() == ["remove", "resume"]
