"""The lock files name what pyproject.toml asks for, and what `make` needs to install the checkout itself."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = PYPROJECT["project"]["dependencies"]
ASKED = {
    "requirements.lock": RUN,
    "requirements-dev.lock": RUN + PYPROJECT["project"]["optional-dependencies"]["dev"],
    "requirements-build.lock": PYPROJECT["build-system"]["requires"] + PYPROJECT["dependency-groups"]["build"],
}


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_holds_all_that_is_asked_for(lock: str) -> None:
    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / lock).read_text(), re.MULTILINE))

    assert {normal(name) for name in ASKED[lock]} <= locked, "run `make lock`"


@pytest.mark.parametrize("lock", ASKED)
def test_a_lock_names_no_place_and_hashes_everything(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = re.findall(r"^\S+==.*\n.*", text, re.MULTILINE)

    assert not re.search(r"https?://|file:|--index-url|--find-links| @ ", text)
    assert requirements
    assert all("--hash=sha256:" in requirement for requirement in requirements)


def normal(requirement: str) -> str:
    """The name of a requirement as locks write it (PEP 503)."""
    name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
