"""The entry point of the `watchwright` command: runs it and turns errors into messages and exit codes."""

import errno
import os
import sys

from core.errors import AlreadyExists, InvalidInput, NotFound, WatchwrightError
from dashboard.commands.exit_codes import FAILED, INTERRUPTED, NEGATIVE, USAGE

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of an output file on a full disk. The store reports its own full disk with its own error."""


def main() -> None:
    """Run the command line. Print an error as one sentence on standard error, and exit with the code of its kind."""
    try:
        _run()
    except WatchwrightError as error:
        print(f"watchwright: {error}", file=sys.stderr)
        sys.exit(_exit_code(error))
    except BrokenPipeError:  # as with `watchwright … | head`
        _discard_output()
        sys.exit(0)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            print(f"watchwright: The name {error.filename} is too long. Give a shorter one.", file=sys.stderr)
            sys.exit(USAGE)
        if error.errno not in FULL:
            raise
        _discard_output()
        print(f"watchwright: Cannot write the output: {error.strerror}.", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    try:
        " ".join(sys.argv).encode()  # Python passes bytes that are not UTF-8 on as lone surrogates (PEP 383)
    except UnicodeEncodeError as error:
        raise InvalidInput("The command line contains bytes that are not UTF-8 text.") from error
    if sys.argv[1:] == ["serve"]:  # the usual call has nothing to parse, so Typer is not imported: saves 2 MB
        from dashboard.commands.serve import run

        run()
    else:
        from dashboard.command_line import usage
        from dashboard.command_line.app import app

        usage.run(app)


def _discard_output() -> None:
    """Redirect standard output to the null device, so that Python's final flush cannot fail and print an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _exit_code(error: WatchwrightError) -> int:
    if isinstance(error, InvalidInput):
        return USAGE
    return NEGATIVE if isinstance(error, AlreadyExists | NotFound) else FAILED
