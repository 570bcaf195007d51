"""A YAML file as plain values that remembers on which line each stands. Pure but for the environment it is given."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from core.errors import InvalidInput

Path = tuple[str | int, ...]
MOST_NODES = 200_000  # values of a file, what aliases repeat included: a small file could stand for billions
BOOLEAN = "tag:yaml.org,2002:bool"
NUMBER = "tag:yaml.org,2002:int"
MERGE = "tag:yaml.org,2002:merge"
WORDS = ("tag:yaml.org,2002:timestamp", BOOLEAN, NUMBER)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core schema: 22:30 is a time of day and no number, `on` is a word, a date stays as it is written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag not in WORDS]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(BOOLEAN, re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver(NUMBER, re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


@dataclass(slots=True)
class YamlFile:
    """What a file says, and where."""

    name: str
    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    """Of each value, counted from 1."""

    def where(self, path: Sequence[str | int]) -> str:
        """The file's name and the line on which the value at *path*, or what encloses it, stands."""
        return f"{self.name}:{self.line_of(path)}"

    def line_of(self, path: Sequence[str | int]) -> int:
        """That line."""
        parts = tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in path)
        while parts and parts not in self.lines:
            parts = parts[:-1]
        return self.lines.get(parts, 1)


def read_yaml(text: str, name: str, environment: Mapping[str, str]) -> YamlFile:
    """*text*, in which ``{env: NAME}`` stands for what the environment says.

    Raises:
        InvalidInput: It is no YAML, says a field twice, or names a variable that is not set; with file and line.
    """
    file = YamlFile(name=name)
    try:
        node = yaml.compose(text, _Loader)
        if node is not None:
            file.value = _Reader(file, environment).value_of(node, ())
    except yaml.YAMLError as error:
        raise InvalidInput(_explained(error, name)) from error
    except RecursionError as error:  # also an alias within what it stands for
        raise InvalidInput(f"{name} is nested too deeply to be read.") from error
    return file


class _Reader:
    def __init__(self, file: YamlFile, environment: Mapping[str, str]) -> None:
        self._file, self._environment = file, environment
        self._scalars = _Loader("")
        self._count = 0

    def value_of(self, node: yaml.Node, path: Path) -> Any:
        self._count += 1
        if self._count > MOST_NODES:
            raise InvalidInput(f"{self._file.name} holds more than {MOST_NODES:,} values; split it.")
        self._file.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(one, (*path, number)) for number, one in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
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
        """What ``<<: *usual`` takes over; of several the first one says it."""
        merged: dict[str, Any] = {}
        for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            value = self.value_of(one, path)
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
