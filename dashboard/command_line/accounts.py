"""The `user` and `token` groups of the command."""

from typing import Annotated

import typer

user_app = typer.Typer(help="Manage accounts.", no_args_is_help=True)
token_app = typer.Typer(help="Create API tokens.", no_args_is_help=True)

UserName = Annotated[str, typer.Argument(metavar="NAME", help="Account name or e-mail address.")]


@user_app.command("add")
def user_add(
    name: UserName,
    role: Annotated[str, typer.Option(help="administrator, editor or viewer.")] = "viewer",
) -> None:
    """Add an account. The password is prompted for, or read from a pipe."""
    from dashboard.commands import accounts

    accounts.add(name, role=role)


@user_app.command("passwd")
def user_passwd(name: UserName) -> None:
    """Set an account's password and sign it out everywhere."""
    from dashboard.commands import accounts

    accounts.set_password(name)


@user_app.command("list")
def user_list(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List all accounts."""
    from dashboard.commands import accounts

    accounts.print_all(as_json=as_json)


@token_app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the token.")],
    scope: Annotated[list[str] | None, typer.Option(help="read, write or debug. Repeatable.")] = None,
    expires: Annotated[str | None, typer.Option(help="Expiry: 30d, 12h, 2w or a date. Default: never.")] = None,
    user: Annotated[str | None, typer.Option(help="Owner. Default: the oldest administrator.")] = None,
) -> None:
    """Create an API token and print it once."""
    from dashboard.commands import accounts

    accounts.create_token(name, scopes=scope or [], expires=expires, user=user)
