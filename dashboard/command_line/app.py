"""Defines the subcommands of `watchwright`. Each imports its heavy modules itself, so that --help is quick."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.command_line import configuration
from dashboard.command_line.accounts import token_app, user_app
from dashboard.command_line.websites import AsJson, Url, website_app
from dashboard.commands.check_options import takes_check_options
from dashboard.commands.exit_codes import NEGATIVE
from dashboard.commands.session_options import takes_session_options

app = typer.Typer(
    help="Monitor websites and find out why they fail.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
db_app = typer.Typer(help="Manage the database: migrations, copies, rollups.", no_args_is_help=True)
app.add_typer(website_app, name="website")
app.add_typer(db_app, name="db")
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")
app.command()(configuration.export)
app.command()(configuration.apply)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"watchwright {version('watchwright')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Monitor websites and find out why they fail."""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (WATCHWRIGHT_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (WATCHWRIGHT_PORT).")] = None,
    monitor: Annotated[bool | None, typer.Option(help="Also check the websites (WATCHWRIGHT_MONITOR).")] = None,
) -> None:
    """Run the dashboard, the API and the monitor."""
    from dashboard.commands.serve import run

    run(host=host, port=port, monitor=monitor)


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help="Queues to work on: checks, sessions or checks,sessions.")] = "checks",
) -> None:
    """Check websites or run debug sessions without a dashboard, on this or another machine."""
    from core import setting_typos
    from core.config import Settings
    from core.workers import worker as command

    settings = Settings.load()
    command.set_up_logging(settings)
    setting_typos.warn_about_typos()
    command.run(settings, queues=queues)


@app.command()
@takes_check_options
def check(
    url: Url,
    check: dict[str, Any],
    timeout: Annotated[int, typer.Option(help="Timeout in seconds.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Check a URL once and print its phases. Exits with 0 if it is up, 1 if it is down."""
    from dashboard.commands.check import run
    from dashboard.parsing.check_flags import options_of

    raise typer.Exit(run(url, timeout_seconds=timeout, options=options_of(check), as_json=as_json))


@app.command()
@takes_session_options
def debug(
    url: Url,
    session: dict[str, Any],
    har: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the session as HAR 1.2 to this file; - for standard output."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Open a URL in a browser and print its requests. Exits with 0 if the page loaded, 1 if not."""
    from dashboard.commands.debug import run
    from dashboard.parsing.session_flags import options_of

    raise typer.Exit(run(url, options=options_of(session), har=har, as_json=as_json))


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="File from Uptime Kuma, Gatus or Prometheus, a sitemap, a list of addresses, or a HAR file.",
        ),
    ],
    website: Annotated[
        str | None, typer.Option(metavar="URL|ID", help="For a HAR file: the website of the session.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be added without adding it.")] = False,
) -> None:
    """Import monitors and history from another program, or a HAR file as a debug session."""
    from dashboard.commands import importing

    importing.import_file(file, website=website, is_dry_run=dry_run)


@app.command()
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="File to create. It must not exist.")]) -> None:
    """Copy the SQLite database to a file, also while Watchwright runs."""
    from dashboard.commands import backup as command

    command.backup(file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File created by `watchwright backup`.")],
) -> None:
    """Restore a backup. Stop Watchwright first. The previous data is kept beside the database."""
    from dashboard.commands import backup as command

    command.restore(file)


@app.command()
def doctor() -> None:
    """Check the installation and print what to fix. Exits with 0 if everything is ok."""
    from core.config import Settings
    from core.doctor import examine

    all_ok = True
    for diagnosis in examine(Settings.load()):
        all_ok = all_ok and diagnosis.is_ok
        print(f"{'ok  ' if diagnosis.is_ok else 'FAIL'}  {diagnosis.name:<11}  {diagnosis.words}")
    raise typer.Exit(0 if all_ok else NEGATIVE)


@db_app.command("upgrade")
def db_upgrade(revision: Annotated[str, typer.Argument(metavar="REV")] = "head") -> None:
    """Upgrade the database to a revision. Default: the newest."""
    from dashboard.commands import db

    db.upgrade(revision)


@db_app.command("downgrade")
def db_downgrade(
    revision: Annotated[str, typer.Argument(metavar="REV", help="Revision, or base.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Downgrade the database to a revision. Data added by later revisions is lost."""
    from dashboard.commands import db

    if not yes and sys.stdin.isatty():
        typer.confirm(f"Downgrade the database to {revision}? Data added by later revisions is lost.", abort=True)
    db.downgrade(revision)


@db_app.command("current")
def db_current() -> None:
    """Print the database's revision. Exits with 1 if this version needs a newer one."""
    from dashboard.commands import db

    raise typer.Exit(db.print_current())


@db_app.command("copy")
def db_copy(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="URL of an empty database: postgresql+psycopg://… or sqlite:///….")
    ],
) -> None:
    """Copy everything into another, empty database and compare the counts. Watchwright may keep running."""
    from core.errors import InvalidInput
    from core.store_url import normal_store_url
    from dashboard.commands import db

    try:
        target = normal_store_url(url)
    except ValueError as error:
        raise InvalidInput(f"URL {error}.") from error
    if not target:
        raise InvalidInput("URL must name the target database.")
    db.copy(target)


@db_app.command("timescale")
def db_timescale(
    undo: Annotated[bool, typer.Option("--undo", help="Go back to monthly partitions without TimescaleDB.")] = False,
) -> None:
    """Store checks in TimescaleDB. The database needs the extension. Stop Watchwright first."""
    from dashboard.commands import db

    if undo:
        db.split_by_month()
    else:
        db.use_timescale()


@db_app.command("rebuild-rollups")
def db_rebuild_rollups() -> None:
    """Recalculate uptime and chart data from the stored checks."""
    from dashboard.commands import backup as command

    command.rebuild()
