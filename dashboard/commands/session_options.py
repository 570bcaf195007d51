"""Defines the flags of a debug session's options."""

from typing import Annotated

import typer

from dashboard.commands.flag_groups import takes_flags


def _flags(  # noqa: PLR0917 - each is one flag
    browser: Annotated[str | None, typer.Option(help="chromium, firefox or webkit.")] = None,
    device: Annotated[str | None, typer.Option(help="A device that Playwright knows, such as 'iPhone 15'.")] = None,
    viewport: Annotated[str | None, typer.Option(metavar="WIDTHxHEIGHT", help="In CSS pixels.")] = None,
    user_agent: Annotated[str | None, typer.Option(help="What the browser calls itself.")] = None,
    locale: Annotated[str | None, typer.Option(help="Such as de-DE.")] = None,
    timezone: Annotated[str | None, typer.Option(help="Such as Europe/Berlin.")] = None,
    header: Annotated[list[str] | None, typer.Option(metavar="'NAME: VALUE'", help="Sent with every request.")] = None,
    cookie: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="There before the page opens.")] = None,
    basic_auth: Annotated[str | None, typer.Option(metavar="USER:PASSWORD", help="For a server that asks.")] = None,
    javascript: Annotated[bool | None, typer.Option(help="Run the page's scripts.")] = None,
    cache: Annotated[bool | None, typer.Option(help="Let the browser cache.")] = None,
    block: Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Refuse such URLs; * is anything.")] = None,
    cpu: Annotated[str | None, typer.Option(help="A slower CPU: mid-tier-mobile or low-end-mobile.")] = None,
    network: Annotated[str | None, typer.Option(help="A slower network: fast-4g, slow-4g, 3g or offline.")] = None,
    watch: Annotated[str | None, typer.Option(help="load, network_idle, fixed or until_stopped (Ctrl+C).")] = None,
    watch_seconds: Annotated[float | None, typer.Option(help="For --watch fixed.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds after which it ends in any case.")] = None,
    scroll: Annotated[bool | None, typer.Option(help="Scroll to the page's end.")] = None,
    ignore_certificate_errors: Annotated[bool | None, typer.Option(help="Open the page in spite of them.")] = None,
    proxy: Annotated[str | None, typer.Option(help="http://, https://, socks4:// or socks5:// and HOST:PORT.")] = None,
    redact: Annotated[bool | None, typer.Option(help="Mask secrets.")] = None,
) -> None:
    """Declare the flags; `dashboard.parsing.session_flags.OPTIONS` maps each to its option."""


takes_session_options = takes_flags("session", _flags)
