"""The `watchwright` command: where it begins, and how it ends."""

import errno
import os
import sys

from core.errors import AlreadyExists, InvalidInput, NotFound, WatchwrightError
from dashboard.commands.exit_codes import CANNOT, INTERRUPTED, NOT_SO, USAGE

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Of an output that goes to a file; the store tells of its own disk in words of its own."""


def main() -> None:
    """Run the command line; a problem is one sentence on standard error, with an exit code that tells its kind."""
    try:
        _run()
    except WatchwrightError as error:
        print(f"watchwright: {error}", file=sys.stderr)
        sys.exit(_exit_code(error))
    except BrokenPipeError:  # `watchwright … | head` has seen enough
        _write_no_more()
        sys.exit(0)
    except OSError as error:
        if error.errno not in FULL:
            raise
        _write_no_more()
        print(f"watchwright: The output cannot be written: {error.strerror}.", file=sys.stderr)
        sys.exit(CANNOT)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    if sys.argv[1:] == ["serve"]:  # as it nearly always is: with nothing to parse, Typer stays out of memory, 2 MB
        from dashboard.commands.serve import run

        run()
    else:
        from dashboard.command_line import usage
        from dashboard.command_line.app import app

        usage.run(app)


def _write_no_more() -> None:
    """Let Python's last attempt to write what is left, at its end, come to nothing instead of a complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _exit_code(error: WatchwrightError) -> int:
    if isinstance(error, InvalidInput):
        return USAGE
    return NOT_SO if isinstance(error, AlreadyExists | NotFound) else CANNOT
