"""Defines the flags of `watchwright website …`, which `dashboard.commands.website` implements."""

from typing import Annotated, Any

import typer

from dashboard.commands.check_options import takes_check_options

website_app = typer.Typer(help="List, add, change, pause and delete websites.", no_args_is_help=True)

WebsiteRef = Annotated[str, typer.Argument(metavar="URL|ID", help="URL or id of the website.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="http or https URL. A bare host name means https.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str | None, typer.Option(help="Name. Default: the host name.")]
Interval = Annotated[int | None, typer.Option(help="Check interval in seconds, 5 to 86400.")]
Timeout = Annotated[int | None, typer.Option(help="Timeout in seconds, 1 to the interval.")]
DependsOn = Annotated[
    str | None, typer.Option(metavar="URL", help="Another website. While it is down, failures send no notifications.")
]
Region = Annotated[list[str] | None, typer.Option(help="Region that checks the website. Repeatable.")]
Quorum = Annotated[
    int | None, typer.Option(min=1, help="Number of regions that must report it down. Default: more than half.")
]
Evidence = Annotated[
    bool | None,
    typer.Option("--evidence/--no-evidence", help="Start debug sessions automatically when it fails."),
]
Tag = Annotated[list[str] | None, typer.Option(help="Tag. Repeatable.")]


@website_app.command("list")
def website_list(
    tag: Annotated[str | None, typer.Option(help="Only websites with this tag.")] = None,
    as_json: AsJson = False,
) -> None:
    """List all websites."""
    from dashboard.commands import website

    website.print_all(as_json=as_json, tag=tag)


@website_app.command("show")
def website_show(website: WebsiteRef, as_json: AsJson = False) -> None:
    """Print a website's settings, without secrets."""
    from dashboard.commands import website as commands

    commands.show(website, as_json=as_json)


@website_app.command("add")
@takes_check_options
def website_add(  # noqa: PLR0917 - each is one flag
    url: Url,
    check: dict[str, Any],
    name: Name = None,
    interval: Interval = None,
    timeout: Timeout = None,
    tag: Tag = None,
    evidence: Evidence = None,
    depends_on: DependsOn = None,
    region: Region = None,
    quorum: Quorum = None,
) -> None:
    """Add a website."""
    from dashboard.commands import website

    fields = {"name": name, "check_interval": interval, "timeout": timeout, "tags": tag, "auto_debug": evidence}
    website.add(url, check=check, **fields, depends_on=depends_on, regions=region, quorum=quorum)


@website_app.command("change")
@takes_check_options
def website_change(  # noqa: PLR0917 - each is one flag
    website: WebsiteRef,
    check: dict[str, Any],
    url: Annotated[str | None, typer.Option(help="New URL.")] = None,
    name: Name = None,
    interval: Interval = None,
    timeout: Timeout = None,
    tag: Tag = None,
    evidence: Evidence = None,
    depends_on: DependsOn = None,
    region: Region = None,
    quorum: Quorum = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="Remove all regions. A check from anywhere is enough.")
    ] = False,
    reset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FLAG", help="Reset an option to its default, such as accept or tag; all resets every option."
        ),
    ] = None,
) -> None:
    """Change a website's settings. Omitted options stay unchanged."""
    from dashboard.commands import website as commands

    fields = {
        "url": url,
        "name": name,
        "check_interval": interval,
        "timeout": timeout,
        "tags": tag,
        "auto_debug": evidence,
        "depends_on": depends_on,
        "regions": region,
        "quorum": quorum,
    }
    commands.change(website, check=check, reset=reset or [], is_anywhere=anywhere, **fields)


@website_app.command("remove")
def website_remove(
    website: WebsiteRef,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Delete a website with all its recorded data."""
    from dashboard.commands import website as commands

    def ask(name: str) -> None:
        if not yes:
            typer.confirm(f"Delete {name} with its checks, downtime windows and debug sessions?", abort=True)

    commands.remove(website, ask=ask)


@website_app.command("pause")
def website_pause(website: WebsiteRef) -> None:
    """Pause a website."""
    from dashboard.commands import website as commands

    commands.set_active(website, is_active=False)


@website_app.command("resume")
def website_resume(website: WebsiteRef) -> None:
    """Resume a paused website."""
    from dashboard.commands import website as commands

    commands.set_active(website, is_active=True)
