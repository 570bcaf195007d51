"""Defines the flags of a check's options, which several commands share."""

from typing import Annotated

import typer

from dashboard.commands.flag_groups import takes_flags

REQUEST, ANSWER, ROUTE = "Request", "Response checks", "Connection"


def _flags(  # noqa: PLR0917 - each is one flag
    method: Annotated[str | None, typer.Option(help="GET, HEAD, POST …", rich_help_panel=REQUEST)] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'NAME: VALUE'", help="Header to send, as Name: value. Repeatable.", rich_help_panel=REQUEST
        ),
    ] = None,
    body: Annotated[str | None, typer.Option(help="Request body, sent as UTF-8.", rich_help_panel=REQUEST)] = None,
    user_agent: Annotated[str | None, typer.Option(help="User agent.", rich_help_panel=REQUEST)] = None,
    basic_auth: Annotated[
        str | None,
        typer.Option(
            metavar="USER:PASSWORD", help="HTTP basic authentication, as USER:PASSWORD.", rich_help_panel=REQUEST
        ),
    ] = None,
    bearer_token: Annotated[
        str | None, typer.Option(help="Sent as Authorization: Bearer …", rich_help_panel=REQUEST)
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option(metavar="CODES", help="Accepted status codes, such as 200-299,401.", rich_help_panel=ANSWER),
    ] = None,
    contains: Annotated[
        str | None, typer.Option(help="Text that the body must contain.", rich_help_panel=ANSWER)
    ] = None,
    not_contains: Annotated[
        str | None, typer.Option(help="Text that the body must not contain.", rich_help_panel=ANSWER)
    ] = None,
    matches: Annotated[
        str | None, typer.Option(help="Regular expression (RE2) that the body must match.", rich_help_panel=ANSWER)
    ] = None,
    json_equals: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'PATH = VALUE'", help="Expected JSON value, such as '$.status = ok'.", rich_help_panel=ANSWER
        ),
    ] = None,
    header_equals: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME: VALUE'", help="Header that the response must have.", rich_help_panel=ANSWER),
    ] = None,
    max_response_ms: Annotated[
        float | None,
        typer.Option(help="Responses slower than this many milliseconds are degraded.", rich_help_panel=ANSWER),
    ] = None,
    min_certificate_days: Annotated[
        int | None, typer.Option(help="Certificates that expire in fewer days are degraded.", rich_help_panel=ANSWER)
    ] = None,
    verify_tls: Annotated[bool | None, typer.Option(help="Verify the certificate.", rich_help_panel=ANSWER)] = None,
    follow_redirects: Annotated[bool | None, typer.Option(help="Follow redirects.", rich_help_panel=ROUTE)] = None,
    max_redirects: Annotated[
        int | None, typer.Option(help="Maximum number of redirects. Default: 10.", rich_help_panel=ROUTE)
    ] = None,
    proxy: Annotated[
        str | None, typer.Option(help="http://HOST:PORT, https://, socks5:// or socks5h://", rich_help_panel=ROUTE)
    ] = None,
    ip: Annotated[str | None, typer.Option(metavar="any|4|6", help="Addresses.", rich_help_panel=ROUTE)] = None,
    http: Annotated[str | None, typer.Option(metavar="any|1.0|1.1|2|3", help="Version.", rich_help_panel=ROUTE)] = None,
) -> None:
    """Declare the flags; `dashboard.parsing.check_flags.OPTIONS` maps each to its option."""


takes_check_options = takes_flags("check", _flags)
