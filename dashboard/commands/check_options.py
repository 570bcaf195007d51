"""Defines the flags of a check's options, which several commands share."""

from typing import Annotated

import typer

from dashboard.commands.flag_groups import takes_flags

REQUEST, ANSWER, ROUTE = "How it is asked", "What its answer must be", "On which way"


def _flags(  # noqa: PLR0917 - each is one flag
    method: Annotated[str | None, typer.Option(help="GET, HEAD, POST …", rich_help_panel=REQUEST)] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Sent with it.", rich_help_panel=REQUEST)
    ] = None,
    body: Annotated[str | None, typer.Option(help="Sent with it, as UTF-8.", rich_help_panel=REQUEST)] = None,
    user_agent: Annotated[str | None, typer.Option(help="What we call ourselves.", rich_help_panel=REQUEST)] = None,
    basic_auth: Annotated[
        str | None, typer.Option(metavar="USER:PASSWORD", help="Sent at once.", rich_help_panel=REQUEST)
    ] = None,
    bearer_token: Annotated[
        str | None, typer.Option(help="Sent as Authorization: Bearer …", rich_help_panel=REQUEST)
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option(metavar="CODES", help="Accepted status codes, such as 200-299,401.", rich_help_panel=ANSWER),
    ] = None,
    contains: Annotated[str | None, typer.Option(help="Text that the body must hold.", rich_help_panel=ANSWER)] = None,
    not_contains: Annotated[
        str | None, typer.Option(help="Text that the body must not hold.", rich_help_panel=ANSWER)
    ] = None,
    matches: Annotated[
        str | None, typer.Option(help="A regular expression (RE2) for the body.", rich_help_panel=ANSWER)
    ] = None,
    json_equals: Annotated[
        list[str] | None,
        typer.Option(metavar="'PATH = VALUE'", help="Such as '$.status = ok'.", rich_help_panel=ANSWER),
    ] = None,
    header_equals: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME: VALUE'", help="A header that the answer must have.", rich_help_panel=ANSWER),
    ] = None,
    max_response_ms: Annotated[
        float | None, typer.Option(help="A slower answer is degraded.", rich_help_panel=ANSWER)
    ] = None,
    min_certificate_days: Annotated[
        int | None, typer.Option(help="A certificate that ends sooner is degraded.", rich_help_panel=ANSWER)
    ] = None,
    verify_tls: Annotated[
        bool | None, typer.Option(help="Refuse a certificate that is not valid.", rich_help_panel=ANSWER)
    ] = None,
    follow_redirects: Annotated[bool | None, typer.Option(help="Go where it leads.", rich_help_panel=ROUTE)] = None,
    max_redirects: Annotated[int | None, typer.Option(help="How often; 10.", rich_help_panel=ROUTE)] = None,
    proxy: Annotated[
        str | None, typer.Option(help="http://HOST:PORT, https://, socks5:// or socks5h://", rich_help_panel=ROUTE)
    ] = None,
    ip: Annotated[str | None, typer.Option(metavar="any|4|6", help="Addresses.", rich_help_panel=ROUTE)] = None,
    http: Annotated[str | None, typer.Option(metavar="any|1.0|1.1|2|3", help="Version.", rich_help_panel=ROUTE)] = None,
) -> None:
    """Declare the flags; `dashboard.parsing.check_flags.OPTIONS` maps each to its option."""


takes_check_options = takes_flags("check", _flags)
