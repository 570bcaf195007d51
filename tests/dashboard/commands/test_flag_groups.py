"""Flags of one group arrive as one object."""

from typing import Annotated, Any

import typer
from typer.testing import CliRunner

from dashboard.commands.flag_groups import takes_flags

app = typer.Typer()


def _flags(
    speed: Annotated[int | None, typer.Option(help="How fast.")] = None, colour: Annotated[str, typer.Option()] = "red"
) -> None:
    """The flags by name."""


@app.command()
@takes_flags("paint", _flags)
def draw(what: str, paint: dict[str, Any], twice: bool = False) -> None:
    typer.echo(f"{what} {paint} {twice}")


def test_grouped_flags_arrive_as_a_dict_beside_other_parameters() -> None:
    done = CliRunner().invoke(app, ["house", "--speed", "3", "--twice"])

    assert done.output == "house {'speed': 3, 'colour': 'red'} True\n"


def test_grouped_flags_are_in_the_help() -> None:
    assert "How fast." in CliRunner().invoke(app, ["--help"]).output
