"""`make` installs what is locked once, and again only when something it depends on has changed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.environment import is_sound, main, stamp_key

ROOT = Path(__file__).resolve().parents[2]

BACKEND = """
import zipfile

FILES = {
    "tiny.py": "",
    "tiny-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n",
    "tiny-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}

def build_editable(folder, config_settings=None, metadata_directory=None):
    print(open("builds", "a").write("one\\n"))
    with zipfile.ZipFile(f"{folder}/tiny-1-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
        wheel.writestr("tiny-1.dist-info/RECORD", "".join(f"{name},,\\n" for name in FILES))
    return "tiny-1-py3-none-any.whl"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project without dependencies whose builds are counted in the file ``builds``."""
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "tiny"\nversion = "1"\n'
    )
    (root / "backend.py").write_text(BACKEND)
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-build.lock"):
        (root / lock).write_text("# nothing\n")
    return root


def builds(checkout: Path) -> int:
    return len((checkout / "builds").read_text().splitlines())


def test_the_first_start_installs_and_the_second_does_nothing(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(checkout, "run") == 0
    assert (checkout / ".venv/bin/python").exists()
    capfd.readouterr()

    assert main(checkout, "run") == 0

    assert builds(checkout) == 1
    assert capfd.readouterr() == ("", "")


def test_what_tests_need_is_enough_to_run(checkout: Path) -> None:
    main(checkout, "dev")

    main(checkout, "run")

    assert builds(checkout) == 1


def test_a_changed_lock_is_installed_and_a_moved_checkout_made_anew(checkout: Path) -> None:
    main(checkout, "run")
    (checkout / "requirements.lock").write_text("# another\n")
    main(checkout, "run")
    assert builds(checkout) == 2

    moved = checkout.rename(checkout.with_name("moved"))

    assert not is_sound(moved / ".venv")
    assert main(moved, "run") == 0
    assert is_sound(moved / ".venv")


def test_an_environment_whose_python_is_gone_is_not_sound(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/pyvenv.cfg").write_text("home = /nowhere\n")
    (checkout / ".venv/bin/python").symlink_to("/nowhere/python3")

    assert not is_sound(checkout / ".venv")


def test_a_package_that_cannot_be_had_ends_with_a_sentence(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (checkout / "requirements.lock").write_text("./not-there.whl\n")

    assert main(checkout, "run") == 3

    assert "failed with exit code 1; the lines above say why." in capfd.readouterr().err
    assert not (checkout / ".venv/watchwright-run.stamp").exists()


def test_running_and_testing_have_stamps_of_their_own(checkout: Path) -> None:
    (checkout / "requirements-dev.lock").write_text("# more\n")

    assert stamp_key(checkout, "run") != stamp_key(checkout, "dev")


def test_make_without_a_python_says_which_one_it_needs(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make

    done = subprocess.run([make, "run"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True)

    assert done.returncode != 0
    assert "Watchwright needs Python 3.11 or newer and found none on PATH" in done.stderr


def test_an_old_python_is_passed_over(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")  # what a Python older than 3.11 answers
    (tmp_path / "python3").chmod(0o755)

    done = subprocess.run([make, "python"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True)

    assert "found none on PATH" in done.stderr


def test_help_is_what_make_says_by_itself() -> None:
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}

    help_text = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, env=alone).stdout

    for target in ("run", "test", "setup", "lint", "lock", "bench", "demo", "screenshots", "help"):
        assert f"make {target} " in help_text
