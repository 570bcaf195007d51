"""Defines the flags of a debug session's options."""

from typing import Annotated

import typer

from dashboard.commands.flag_groups import takes_flags


def _flags(  # noqa: PLR0917 - each is one flag
    browser: Annotated[str | None, typer.Option(help="Browser: chromium, firefox or webkit.")] = None,
    device: Annotated[str | None, typer.Option(help="Playwright device, such as 'iPhone 15'.")] = None,
    viewport: Annotated[
        str | None, typer.Option(metavar="WIDTHxHEIGHT", help="Viewport in CSS pixels, such as 390x844.")
    ] = None,
    user_agent: Annotated[str | None, typer.Option(help="User agent.")] = None,
    locale: Annotated[str | None, typer.Option(help="Locale, such as de-DE.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Time zone, such as Europe/Berlin.")] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME: VALUE'", help="Header to send with every request, as Name: value. Repeatable."),
    ] = None,
    cookie: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Cookie to set before the page opens, as NAME=VALUE. Repeatable."),
    ] = None,
    basic_auth: Annotated[
        str | None, typer.Option(metavar="USER:PASSWORD", help="HTTP authentication, as USER:PASSWORD.")
    ] = None,
    javascript: Annotated[bool | None, typer.Option(help="Run the page's scripts.")] = None,
    cache: Annotated[bool | None, typer.Option(help="Let the browser cache.")] = None,
    block: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="URL pattern to block; * matches anything. Repeatable.")
    ] = None,
    cpu: Annotated[str | None, typer.Option(help="CPU throttling: mid-tier-mobile or low-end-mobile.")] = None,
    network: Annotated[str | None, typer.Option(help="Network throttling: fast-4g, slow-4g, 3g or offline.")] = None,
    watch: Annotated[
        str | None, typer.Option(help="When to stop: load, network_idle, fixed or until_stopped (Ctrl+C).")
    ] = None,
    watch_seconds: Annotated[float | None, typer.Option(help="Seconds to record with --watch fixed.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Maximum duration in seconds.")] = None,
    scroll: Annotated[bool | None, typer.Option(help="Scroll to the end of the page.")] = None,
    ignore_certificate_errors: Annotated[bool | None, typer.Option(help="Ignore certificate errors.")] = None,
    proxy: Annotated[str | None, typer.Option(help="http://, https://, socks4:// or socks5:// and HOST:PORT.")] = None,
    redact: Annotated[bool | None, typer.Option(help="Mask secrets.")] = None,
) -> None:
    """Declare the flags; `dashboard.parsing.session_flags.OPTIONS` maps each to its option."""


takes_session_options = takes_flags("session", _flags)
