"""Runs the command line, and reports what Typer refuses in the same words as forms and settings."""

import sys

import typer
from pydantic import ValidationError

from core.errors import InvalidInput
from core.input_messages import problem_message, sentence
from dashboard.commands.exit_codes import NEGATIVE, USAGE


def run(app: typer.Typer) -> None:
    """Run *app* with the command line, and exit the process.

    Raises:
        InvalidInput: The command or flag does not exist, or a value is invalid.
        OSError: The output cannot be written.
    """
    try:
        code = app(prog_name="watchwright", standalone_mode=False)
    except typer.Abort:
        print("watchwright: Cancelled.", file=sys.stderr)
        sys.exit(NEGATIVE)
    except typer.TyperException as error:
        if not error.format_message():  # a group without a command: its help is printed already
            sys.exit(USAGE)
        raise InvalidInput(_sentence(error)) from error
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # Typer treats it as a failure
            raise ended.__context__ from None
        raise
    sys.stdout.flush()  # here, where a failing write can still be reported
    sys.exit(code or 0)


def _sentence(error: typer.TyperException) -> str:
    if isinstance(error, typer.BadParameter) and error.param is not None:
        name, cause = error.param.get_error_hint().strip("'"), error.__cause__
        if isinstance(cause, ValidationError):
            return f"{name}: {problem_message(cause.errors()[0])}"
        words = error.message.rstrip(".") or f"{name} is required"
    else:
        words = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    return f"{sentence(words)} See `{context.command_path} --help`." if context else sentence(words)
