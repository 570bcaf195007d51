"""Checks README and docs: make targets, commands, settings, links, paths and the map of the code."""

import re
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer.main

from benchmarks._fleet_model import tables
from core.config import PREFIX, Settings
from core.diagnosis.kinds import Kind
from dashboard.command_line.app import app

UsageError = typer.BadParameter.__mro__[1]  # typer brings a click of its own and does not hand this name on
ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
TARGETS = {"run", "test", "setup", "audit", "lint", "lock", "bench", "demo", "screenshots", "help"}
OF_THE_COMMAND = {"SERVER", "TOKEN"}  # which the command reads, and the server does not
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"`((?:core|dashboard|tests|tools|deploy|benchmarks)/[\w/.@-]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")

page = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)


def blocks(text: str, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(text) if name == language]


def shell_commands(text: str) -> list[list[str]]:
    """Every command in the shell blocks and in the inline code of *text*, without its variables."""
    lines = [line for block in blocks(text, "sh") for line in block.replace("\\\n", " ").splitlines()]
    lines += re.findall(r"`((?:make|watchwright) [^`|…]+)`", FENCE.sub("", text))
    commands = [shlex.split(line, comments=True) for line in lines]
    return [_without_variables(words) for words in commands if words]


def _without_variables(words: list[str]) -> list[str]:
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    return words


def heading_anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@page
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    for target in targets:
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.exists(), f"{page.name} links to {target}, which is not there"
        assert not anchor or anchor in heading_anchors(there.read_text()), f"{target} has no such heading"


@page
def test_every_make_target_shown_exists(page: Path) -> None:
    targets = [words[1] for words in shell_commands(page.read_text()) if words[0] == "make" and len(words) > 1]

    assert set(targets) <= TARGETS


def test_the_makefile_has_exactly_the_targets_that_others_script_against() -> None:
    documented = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert documented == TARGETS


@page
def test_every_watchwright_command_shown_parses(page: Path) -> None:
    commands = [words for words in shell_commands(page.read_text()) if words[0].split("/")[-1] == "watchwright"]

    for words in commands:
        parse(words[1:])


def parse(arguments: list[str]) -> None:
    """Parse as the command would, down to the last option, and run nothing."""
    command: Any = typer.main.get_command(app)
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command, arguments = command.commands[arguments[0]], arguments[1:]
    is_group = hasattr(command, "commands")
    flags = {flag for one in command.params for flag in one.opts}
    assert not is_group or not arguments or arguments[0] in flags, f"there is no command {arguments[0]}"
    if not is_group:
        with suppress(typer.Exit):  # --help ends where it is read
            command.make_context("watchwright", arguments)  # raises what a person would read as a usage error


@pytest.mark.parametrize(
    "arguments", [["website", "conjure"], ["check", "--sideways", "https://example.org"], ["check"]]
)
def test_a_command_that_is_not_there_does_not_parse(arguments: list[str]) -> None:
    with pytest.raises((AssertionError, UsageError)):
        parse(arguments)


def test_the_table_of_settings_is_the_settings() -> None:
    table = (ROOT / "docs/configure.md").read_text()

    documented = re.findall(rf"^\| `{PREFIX}(\w+)`", table, re.MULTILINE)

    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_the_table_of_kinds_has_every_kind_of_finding() -> None:
    table = (ROOT / "docs/diagnosis.md").read_text()

    documented = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)

    assert sorted(documented) == sorted(Kind)


@page
def test_every_variable_shown_is_a_setting(page: Path) -> None:
    names = set(re.findall(rf"\b{PREFIX}([A-Z]+(?:_[A-Z]+)*)\b", page.read_text()))

    assert names <= {name.upper() for name in Settings.model_fields} | OF_THE_COMMAND


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs/architecture.md"], ids=lambda path: path.name)
def test_the_map_of_the_code_is_the_tree(page: Path) -> None:
    maps = [block for block in blocks(page.read_text(), "text") if block.startswith("core/")]
    assert maps, "there is no map"

    for entry in mapped_paths(maps[0]):
        assert (ROOT / entry).exists(), f"the map names {entry}, which is not there"


def test_the_map_leaves_no_package_out() -> None:
    mapped = {
        str(path).rstrip("/") for path in mapped_paths(blocks((ROOT / "docs/architecture.md").read_text(), "text")[0])
    }
    packages = {
        str(init.parent.relative_to(ROOT))
        for folder in ("core", "dashboard")
        for init in (ROOT / folder).rglob("__init__.py")
    }

    assert {name for name in packages if name.count("/") < 2} <= mapped


@pytest.mark.parametrize("table", tables(), ids=lambda table: table[2:].partition(" | ")[0])
def test_the_arithmetic_of_a_fleet_is_what_its_model_computes(table: str) -> None:
    assert table in (ROOT / "docs/scaling.md").read_text(), "paste what `python -m benchmarks.fleet --model` prints"


@page
def test_every_path_of_the_repository_that_is_named_exists(page: Path) -> None:
    named = PATH.findall(FENCE.sub("", page.read_text()))

    assert [name for name in named if not (ROOT / name).exists()] == []


def mapped_paths(text: str) -> list[Path]:
    """The paths of an indented tree: two spaces a level, the name before the first gap."""
    paths: list[Path] = []
    parents: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2
        name = re.split(r"\s{2,}", line.strip())[0]
        parents[depth:] = [name]
        paths.append(Path(*parents))
    return paths
