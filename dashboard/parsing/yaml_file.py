"""Reads a YAML file into plain values and remembers the line of each. Pure: the environment is a parameter."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from core.errors import InvalidInput

Path = tuple[str | int, ...]
MAX_NODES = 200_000  # values per file, counting repeated aliases: a small file could expand to billions
BOOLEAN = "tag:yaml.org,2002:bool"
NUMBER = "tag:yaml.org,2002:int"
MERGE = "tag:yaml.org,2002:merge"
UNREADABLE = (yaml.YAMLError, ValueError, LookupError, AttributeError)
"""Errors of a value that is not what its tag says, such as ``!!timestamp soon``."""
WORDS = ("tag:yaml.org,2002:timestamp", BOOLEAN, NUMBER)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core schema: 22:30 is not a number, `on` is a string, and dates stay strings."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag not in WORDS]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(BOOLEAN, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver(NUMBER, re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


@dataclass(slots=True)
class YamlFile:
    """The values of a file, and the line of each."""

    name: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    """The line of each value, counted from 1."""

    def where(self, path: Sequence[str | int]) -> str:
        """Return ``FILE:LINE`` of the value at *path*, or of the value that encloses it."""
        return f"{self.name}:{self.line_of(path)}"

    def line_of(self, path: Sequence[str | int]) -> int:
        """Return the line of the value at *path*, or of the value that encloses it."""
        parts = tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in path)
        while parts and parts not in self.lines:
            parts = parts[:-1]
        return self.lines.get(parts, 1)


def read_yaml(text: str, name: str, environment: Mapping[str, str]) -> YamlFile:
    """Parse *text*. Replace each ``{env: NAME}`` by that variable of *environment*.

    Raises:
        InvalidInput: The text is not YAML, repeats a key, or names an unset variable. The message gives file and line.
    """
    file = YamlFile(name=name)
    try:
        node = yaml.compose(text, _Loader)
        if node is not None:
            file.value = _Reader(file, environment).value_of(node, ())
    except yaml.YAMLError as error:
        raise InvalidInput(_explained(error, name)) from error
    except RecursionError as error:  # also for an alias that contains itself
        raise InvalidInput(f"{name} is nested too deeply.") from error
    return file


class _Reader:
    def __init__(self, file: YamlFile, environment: Mapping[str, str]) -> None:
        self._file, self._environment = file, environment
        self._scalars = _Loader("")
        self._count = 0

    def value_of(self, node: yaml.Node, path: Path) -> Any:
        self._count += 1
        if self._count > MAX_NODES:
            raise InvalidInput(f"{self._file.name} holds more than {MAX_NODES:,} values; split it.")
        self._file.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item, (*path, number)) for number, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        try:
            return self._scalars.construct_object(node)
        except UNREADABLE as error:
            raise InvalidInput(f"{self._at(node)}: {node.value!r} cannot be read; put it in quotes.") from error

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Any:
        found: dict[str, Any] = {}
        own = [(key, value) for key, value in node.value if key.tag != MERGE]
        for key_node, value_node in own:
            key = str(key_node.value)
            if key in found:
                raise InvalidInput(f"{self._at(key_node)}: {key} is said twice; leave one out.")
            self._file.lines.setdefault((*path, key), key_node.start_mark.line + 1)
            found[key] = self.value_of(value_node, (*path, key))
        for key_node, value_node in node.value:
            if key_node.tag == MERGE:
                found = self._merged(key_node, value_node, path) | found
        if found.keys() == {"env"} and isinstance(found["env"], str):
            if found["env"] not in self._environment:
                raise InvalidInput(f"{self._at(node)}: the environment variable {found['env']} is not set; set it.")
            return self._environment[found["env"]]
        return found

    def _merged(self, key: yaml.Node, node: yaml.Node, path: Path) -> dict[str, Any]:
        """Return the values that ``<<: *usual`` merges; of several sources the first has precedence."""
        merged: dict[str, Any] = {}
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            value = self.value_of(item, path)
            if not isinstance(value, dict):
                raise InvalidInput(f"{self._at(key)}: << takes over names with values, and these are none.")
            merged = value | merged
        return merged

    def _at(self, node: yaml.Node) -> str:
        return f"{self._file.name}:{node.start_mark.line + 1}"


def _explained(error: yaml.YAMLError, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    words = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
    return f"{name}:{mark.line + 1 if mark else 1}: this is no YAML: {words}."
