"""The shape of the code: imports point down, modules stay small, tests mirror the tree."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = ("core", "dashboard", "tools")
MODULE_LINES = 300

MODULES = sorted(
    path.relative_to(ROOT)
    for folder in CODE
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
PACKAGES = [path for path in MODULES if path.name == "__init__.py"]
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))

ABOUT_MANY = ("e2e", "sites")
"""Folders of tests of the whole product, which mirror no folder."""

SPANNING = {
    "tests/core/debugging/test_secrets.py": "secrets planted in a page are not in the store",
    "tests/core/monitoring/test_whole_histories.py": "downtime and uptime against a slow reference",
    "tests/core/monitoring/test_whole_watch.py": "generated events of websites, in any order",
    "tests/core/models/test_models.py": "all models against both databases",
    "tests/core/services/test_uptime.py": "statistics against a slow reference",
    "tests/core/test_migrations.py": "alembic/ against the models, on both databases",
}
"""Tests in a mirrored folder that are about several modules of it, and what they are about."""


def test_imports_point_down() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )

    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_is_one_idea_long(module: Path) -> None:
    lines = len((ROOT / module).read_text().splitlines())

    assert lines <= MODULE_LINES, f"{module} has {lines} lines: split it by step"


@pytest.mark.parametrize("package", PACKAGES, ids=str)
def test_packages_only_hand_names_on(package: Path) -> None:
    body = (ROOT / package).read_text()

    assert "\ndef " not in body
    assert "\nclass " not in body


@pytest.mark.parametrize(
    "test", [test for test in TESTS if len(test.parts) > 2 and test.parts[1] not in ABOUT_MANY], ids=str
)
def test_a_test_mirrors_something_that_exists(test: Path) -> None:
    """`tests/core/monitoring/test_verdict_edges.py` is about `core/monitoring/verdict.py`."""
    folder = Path(*test.parts[1:-1])
    nouns = test.stem.removeprefix("test_").split("_")
    candidates = [folder / "_".join(nouns[:length]) for length in range(len(nouns), 0, -1)]

    is_mirrored = any((ROOT / name).is_dir() or (ROOT / name).with_suffix(".py").exists() for name in candidates)
    assert is_mirrored or str(test) in SPANNING, f"{test} is about none of {', '.join(map(str, candidates))}"


def test_what_spans_modules_is_still_there() -> None:
    assert set(SPANNING) <= set(map(str, TESTS))


def test_every_folder_of_tests_is_a_package() -> None:
    bare = {test.parent for test in TESTS if not (ROOT / test.parent / "__init__.py").exists()}

    assert not bare


def test_nothing_shadows_the_alembic_library() -> None:
    assert not (ROOT / "alembic/__init__.py").exists()
