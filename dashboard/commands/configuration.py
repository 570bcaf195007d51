"""Implements `watchwright export` and `apply`: the configuration as a YAML file, of this store or of a server."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from core.config import Settings
from core.configuration.json_schema import json_schema
from core.errors import InvalidInput, UnusableConfiguration
from core.phrases import shortened, spelled
from core.schemas.configuration import ConfigurationResult, StepRead, read_configuration
from dashboard.actions import configuration
from dashboard.commands.db import open_store
from dashboard.commands.server import Server
from dashboard.commands.terminal import plain
from dashboard.parsing.yaml_file import YamlFile, read_yaml

SIGNS = {"add": "+", "change": "~", "remove": "-", "keep": "?"}
HEAD = "# yaml-language-server: $schema=configuration.schema.json (docs/configuration.schema.json of Watchwright)\n"
MAX_LENGTH = 120  # characters of a value that the difference shows


def export(file: Path | None, *, name: str | None, server: Server | None) -> None:
    """Write the configuration to *file*, or print it if *file* is None or ``-``."""
    document: dict[str, Any]
    if server is not None:
        document = server.get("configuration", {"name": name} if name else {})
    else:
        with open_store(migrated=True):
            document = asyncio.run(configuration.export(Settings.load(), name))
    text = HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    if file is None or str(file) == "-":
        print(text, end="")
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written: {error.strerror}.") from error
    print(f"Written to {file}; secrets are shown as [redacted].", file=sys.stderr)


def print_schema() -> None:
    """Print the JSON Schema of a configuration file."""
    print(json.dumps(json_schema(), indent=2))


def apply(path: Path, *, is_pruned: bool, is_dry_run: bool, server: Server | None) -> bool:
    """Apply the file and print the difference. Return whether there was one.

    Raises:
        InvalidInput: The file is invalid. The message has a line for each problem, with its place in the file.
    """
    file = read_file(path)
    try:
        result = _apply(file.value, is_pruned=is_pruned, is_dry_run=is_dry_run, server=server)
    except UnusableConfiguration as error:
        in_order = sorted(error.problems, key=lambda problem: file.line_of(problem[0]))
        raise InvalidInput(
            "the file cannot be applied. Nothing was changed.\n"
            + "\n".join(f"{file.where(place)}: {_named(place)}{words}" for place, words in in_order)
        ) from error
    print_steps(result.steps)
    changed = [step for step in result.steps if step.action != "keep"]
    print(_summary(changed, is_dry_run=is_dry_run))
    return bool(changed)


def read_file(path: Path) -> YamlFile:
    """Return the YAML file at *path*; ``-`` is standard input."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidInput(f"{path} cannot be read: {reason}.") from error
    file = read_yaml(text, str(path), os.environ)
    if file.value is None:  # a failed command in a pipe writes nothing, which must not delete everything
        raise InvalidInput(f"{path} is empty. A configuration has at least a name or a version.")
    return file


def print_steps(steps: Sequence[StepRead]) -> None:
    """Print each difference: a sign, the object, and its fields before and after."""
    for step in steps:
        note = "  (no longer in the file; --prune deletes it)" if step.action == "keep" else ""
        print(f"{SIGNS[step.action]} {spelled(step.kind)} {plain(step.name)}{note}")
        for field in step.fields:
            print(f"    {field.name}: {_value(field.before)} → {_value(field.after)}")


def _apply(value: Any, *, is_pruned: bool, is_dry_run: bool, server: Server | None) -> ConfigurationResult:
    if server is not None:
        parameters = {"dry_run": str(is_dry_run).lower(), "prune": str(is_pruned).lower()}
        return ConfigurationResult.model_validate(server.put("configuration", parameters, value))
    document = read_configuration(value)
    with open_store(migrated=True):
        return asyncio.run(configuration.apply(document, Settings.load(), is_pruned=is_pruned, is_dry_run=is_dry_run))


def _summary(changed: Sequence[StepRead], *, is_dry_run: bool) -> str:
    if not changed:
        return "No changes: everything matches the file."
    counts = [(words, sum(step.action == action for step in changed)) for action, words in WORDS]
    summary = ", ".join(f"{count} {words}" for words, count in counts if count)
    return f"Would be {summary}. Nothing was changed." if is_dry_run else f"Applied: {summary}."


WORDS = (("add", "added"), ("change", "changed"), ("remove", "deleted"))


def _value(value: object) -> str:
    return plain(shortened("nothing" if value is None else str(value), MAX_LENGTH))


def _named(path: Sequence[str | int]) -> str:
    words = "".join(f"[{part}]" if isinstance(part, int) or part.isdecimal() else f".{part}" for part in path)
    return f"{words.removeprefix('.')}: " if words else ""
