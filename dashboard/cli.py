"""The `watchwright` command: where it begins, and how it ends."""

import sys

from core.errors import AlreadyExists, InvalidInput, NotFound, WatchwrightError
from dashboard.exit_codes import CANNOT, INTERRUPTED, NOT_SO, USAGE


def main() -> None:
    """Run the command line; a problem is one sentence on standard error, with an exit code that tells its kind."""
    try:
        _run()
    except WatchwrightError as error:
        print(f"watchwright: {error}", file=sys.stderr)
        sys.exit(_exit_code(error))
    except BrokenPipeError:  # `watchwright … | head` has seen enough
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    if sys.argv[1:] == ["serve"]:  # as it nearly always is: with nothing to parse, Typer stays out of memory, 2 MB
        from dashboard.commands.serve import run

        run()
    else:
        from dashboard import cli_usage
        from dashboard.cli_app import app

        cli_usage.run(app)


def _exit_code(error: WatchwrightError) -> int:
    if isinstance(error, InvalidInput):
        return USAGE
    return NOT_SO if isinstance(error, AlreadyExists | NotFound) else CANNOT
