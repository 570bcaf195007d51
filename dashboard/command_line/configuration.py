"""Defines the flags of `watchwright export` and `apply`, which `dashboard.commands.configuration` implements."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dashboard.commands.server import Server

ServerUrl = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", envvar="WATCHWRIGHT_SERVER", help="URL of a running Watchwright server."),
]
Token = Annotated[str | None, typer.Option("--token", envvar="WATCHWRIGHT_TOKEN", help="API token for that server.")]


def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Output file. Default: standard output.")] = None,
    name: Annotated[str | None, typer.Option(help="Only resources managed by the configuration of this name.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the file format.")] = False,
    server: ServerUrl = None,
    token: Token = None,
) -> None:
    """Write websites, tags, channels, maintenance and rules as YAML, secrets masked."""
    from dashboard.commands import configuration

    if schema:
        configuration.print_schema()
        return
    configuration.export(file, name=name, server=server_of(server, token))


def apply(  # noqa: PLR0917 - each is one flag
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML file; - for standard input.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the differences without changing anything.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Delete resources that the file managed and no longer contains.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="With --dry-run: exit with 1 if there are differences.")
    ] = False,
    server: ServerUrl = None,
    token: Token = None,
) -> None:
    """Apply a YAML file, here or on a server. Applying it again changes nothing."""
    from dashboard.commands import configuration

    is_changed = configuration.apply(file, is_pruned=prune, is_dry_run=dry_run, server=server_of(server, token))
    raise typer.Exit(1 if exit_code and dry_run and is_changed else 0)


def server_of(url: str | None, token: str | None) -> Server | None:
    """Return the server to use; None for this machine's own store."""
    if url is None:
        return None
    from core.errors import InvalidInput
    from dashboard.commands.server import Server

    if not token:
        raise InvalidInput(
            "--server needs --token, which `watchwright token create ci --scope write` makes there "
            "(--scope read to look only)."
        )
    return Server(url, token)
