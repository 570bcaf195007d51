"""What `deploy/` says of Watchwright is so: its settings, its commands, its files."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config import PREFIX, Settings
from tests.test_docs import parse

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
COMPOSED = sorted(DEPLOY.glob("compose*.yaml"))
SETTINGS = {PREFIX + name.upper() for name in Settings.model_fields}


def within(value: Any, key: str) -> Iterator[Any]:
    """Everything that a document has under *key*, at any depth."""
    if isinstance(value, dict):
        yield from (value[key] for _ in (1,) if key in value)
        for inner in value.values():
            yield from within(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from within(inner, key)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    assert set(re.findall(rf"\b{PREFIX}[A-Z_]+", file.read_text())) <= SETTINGS


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("systemd/*.service")), ids=lambda path: path.name)
def test_units_start_commands_that_exist(unit: Path) -> None:
    [command] = re.findall(r"^ExecStart=/opt/watchwright/bin/watchwright (.+)$", unit.read_text(), re.MULTILINE)

    parse(shlex.split(command))


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("systemd/*.service")), ids=lambda path: path.name)
def test_units_leave_a_browser_its_sandbox_and_give_nobody_else_one(unit: Path) -> None:
    text = unit.read_text()

    has_browser = bool(re.search(r"^ExecStart=.* (serve|.*sessions.*)$", text, re.MULTILINE))

    assert ("RestrictNamespaces=true" in text) != has_browser
    assert ("SystemCallFilter=@system-service chroot" in text) == has_browser


@pytest.mark.parametrize("file", [*COMPOSED, DEPLOY / "kubernetes.yaml"], ids=lambda path: path.name)
def test_containers_start_commands_that_exist(file: Path) -> None:
    documents = list(yaml.safe_load_all(file.read_text()))

    for words in (*within(documents, "command"), *within(documents, "args")):
        parse(words)


def test_no_service_of_kubernetes_sets_a_setting_by_its_name() -> None:
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))

    pods = [one["spec"]["template"]["spec"] for one in documents if one["kind"] == "Deployment"]

    assert [pod.get("enableServiceLinks") for pod in pods] == [False, False]


@pytest.mark.parametrize("file", COMPOSED, ids=lambda path: path.name)
def test_composed_services_are_unprivileged_and_built_of_files_that_are_there(file: Path) -> None:
    document = yaml.safe_load(file.read_text())

    for service in document["services"].values():
        if "build" not in service:
            continue
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        assert "seccomp=./seccomp.json" in service["security_opt"]
        assert json.loads((DEPLOY / "seccomp.json").read_text())["syscalls"]


@pytest.mark.parametrize("file", COMPOSED, ids=lambda path: path.name)
def test_compose_files_say_nothing_that_podman_takes_otherwise(file: Path) -> None:
    text = file.read_text()
    document = yaml.safe_load(text)

    assert ":-}" not in text  # podman-compose 1.0 hands an empty default on as it is written
    assert not any("uid=" in mount for mounts in within(document, "tmpfs") for mount in mounts)
    # podman-compose 1.3 quotes the words of a list wrongly.
    assert all(isinstance(check["test"], str) for check in within(document, "healthcheck"))


def test_the_image_is_built_of_files_that_its_context_lets_in() -> None:
    root = DEPLOY.parent
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    let_in = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}

    names = [name for line in copied for name in line.split()]

    assert names
    assert all((root / name).exists() for name in names)
    assert all(any(Path(name).match(pattern) for pattern in let_in) for name in names)
