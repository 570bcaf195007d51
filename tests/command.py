"""The `watchwright` command within a test's own process: one of its own takes a second to import what it needs."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO

from dashboard.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended, as `subprocess.CompletedProcess` has it."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str) -> Done:
    """Run ``watchwright`` with these *arguments* to its end; it finds its settings in this process's environment."""
    told, said, before = StringIO(), StringIO(), sys.argv
    sys.argv = ["watchwright", *arguments]
    try:
        with redirect_stdout(told), redirect_stderr(said):
            main()
    except SystemExit as ended:
        return Done(returncode=int(ended.code or 0), stdout=told.getvalue(), stderr=said.getvalue())
    finally:
        sys.argv = before
    raise AssertionError("The command went on after its end.")
