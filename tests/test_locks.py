"""The lock files name what pyproject.toml asks for, and what `make` needs to install the checkout itself."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ("build",)), ("requirements-dev.lock", ("build", "dev"))]
)
def test_a_lock_holds_all_that_is_asked_for(lock: str, extras: tuple[str, ...]) -> None:
    asked = [*PROJECT["dependencies"], *(name for extra in extras for name in PROJECT["optional-dependencies"][extra])]

    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))

    assert {normal(name) for name in asked} <= locked, "run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_no_place_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text()

    assert not re.search(r"https?://|file:|--index-url|--find-links| @ ", text)
    assert (
        text.count("==") <= len(re.findall(r"==\S+(?: ;[^\\]+)? \\\n    --hash=sha256:", text)) + text.count(" ; ") * 2
    )


def normal(requirement: str) -> str:
    """The name of a requirement as locks write it (PEP 503)."""
    name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
