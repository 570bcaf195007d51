"""Defines the flags of `watchwright website …`, which `dashboard.commands.website` implements."""

from typing import Annotated, Any

import typer

from dashboard.commands.check_options import takes_check_options

website_app = typer.Typer(help="What is watched.", no_args_is_help=True)

WebsiteRef = Annotated[str, typer.Argument(metavar="URL|ID", help="Its URL, or its number.")]
Url = Annotated[str, typer.Argument(metavar="URL", help="An http or https URL; a bare host is taken as https.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Name = Annotated[str | None, typer.Option(help="What to call it; its host when not given.")]
Interval = Annotated[int | None, typer.Option(help="Seconds between checks, 5 to 86400.")]
Timeout = Annotated[int | None, typer.Option(help="Seconds until a check gives up, 1 to the interval.")]
DependsOn = Annotated[
    str | None, typer.Option(metavar="URL", help="Another website: while that is down, failures are not told.")
]
Region = Annotated[
    list[str] | None, typer.Option(help="A region that checks it by itself; may be given several times.")
]
Quorum = Annotated[
    int | None, typer.Option(min=1, help="How many regions must find it down; more than half when not given.")
]
Evidence = Annotated[
    bool | None,
    typer.Option("--evidence/--no-evidence", help="Whether debug sessions start by themselves when it fails."),
]
Tag = Annotated[list[str] | None, typer.Option(help="A word to group it by; may be given several times.")]


@website_app.command("list")
def website_list(
    tag: Annotated[str | None, typer.Option(help="Only websites that bear this tag.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print what is watched."""
    from dashboard.commands import website

    website.print_all(as_json=as_json, tag=tag)


@website_app.command("show")
def website_show(website: WebsiteRef, as_json: AsJson = False) -> None:
    """Print how a website is watched, without its secrets."""
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
    """Watch another website."""
    from dashboard.commands import website

    fields = {"name": name, "check_interval": interval, "timeout": timeout, "tags": tag, "auto_debug": evidence}
    website.add(url, check=check, **fields, depends_on=depends_on, regions=region, quorum=quorum)


@website_app.command("change")
@takes_check_options
def website_change(  # noqa: PLR0917 - each is one flag
    website: WebsiteRef,
    check: dict[str, Any],
    url: Annotated[str | None, typer.Option(help="Its new URL.")] = None,
    name: Name = None,
    interval: Interval = None,
    timeout: Timeout = None,
    tag: Tag = None,
    evidence: Evidence = None,
    depends_on: DependsOn = None,
    region: Region = None,
    quorum: Quorum = None,
    anywhere: Annotated[
        bool, typer.Option("--anywhere", help="Name no region: one check from anywhere is enough.")
    ] = False,
    reset: Annotated[
        list[str] | None,
        typer.Option(metavar="FLAG", help="Let it be as usual again, such as accept or tag; all: every option."),
    ] = None,
) -> None:
    """Change how a website is watched; what is not given stays."""
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
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Stop watching a website, and delete all that was recorded of it."""
    from dashboard.commands import website as commands

    def ask(name: str) -> None:
        if not yes:
            typer.confirm(f"Delete {name} with its checks, downtime windows and debug sessions?", abort=True)

    commands.remove(website, ask=ask)


@website_app.command("pause")
def website_pause(website: WebsiteRef) -> None:
    """Stop checking a website for now."""
    from dashboard.commands import website as commands

    commands.set_active(website, is_active=False)


@website_app.command("resume")
def website_resume(website: WebsiteRef) -> None:
    """Check a paused website again."""
    from dashboard.commands import website as commands

    commands.set_active(website, is_active=True)
