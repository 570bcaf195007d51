"""The `user` and `token` groups of the command."""

from typing import Annotated

import typer

user_app = typer.Typer(help="Who may sign in.", no_args_is_help=True)
token_app = typer.Typer(help="What programs sign in with.", no_args_is_help=True)

UserName = Annotated[str, typer.Argument(metavar="NAME", help="A name or an e-mail address.")]


@user_app.command("add")
def user_add(
    name: UserName,
    role: Annotated[str, typer.Option(help="administrator, editor or viewer.")] = "viewer",
) -> None:
    """Add an account; the password is asked for, or read from a pipe."""
    from dashboard.commands import accounts

    accounts.add(name, role=role)


@user_app.command("passwd")
def user_passwd(name: UserName) -> None:
    """Give an account another password, and sign it out everywhere."""
    from dashboard.commands import accounts

    accounts.set_password(name)


@user_app.command("list")
def user_list(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Print the accounts."""
    from dashboard.commands import accounts

    accounts.print_all(as_json=as_json)


@token_app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    scope: Annotated[list[str] | None, typer.Option(help="read, write or debug; may be given several times.")] = None,
    expires: Annotated[str | None, typer.Option(help="30d, 12h, 2w, or a date; never when not given.")] = None,
    user: Annotated[str | None, typer.Option(help="Whose it is; the oldest administrator's when not given.")] = None,
) -> None:
    """Make an API token and print it, this once."""
    from dashboard.commands import accounts

    accounts.create_token(name, scopes=scope or [], expires=expires, user=user)
