"""`make` installs the locked dependencies once, and again only after a change."""

import os
import shutil
import signal
import subprocess
import sys
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


def lay_out(root: Path) -> Path:
    """A project without dependencies that counts its builds in the file ``builds``."""
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "tiny"\nversion = "1"\n'
    )
    (root / "backend.py").write_text(BACKEND)
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-build.lock"):
        (root / lock).write_text("# nothing\n")
    return root


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "checkout")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout after its first start, to which it had brought the environment of another place.

    One for all tests: making an environment takes seconds.
    """
    root = lay_out(tmp_path_factory.mktemp("made") / "checkout")
    (root / ".venv").mkdir()
    (root / ".venv/pyvenv.cfg").write_text("command = python3 -m venv /another/place/.venv\n")
    assert main(root, "run") == 0
    return root


def builds(checkout: Path) -> int:
    return len((checkout / "builds").read_text().splitlines())


def test_the_first_start_installs_and_the_second_does_nothing(made: Path, capfd: pytest.CaptureFixture[str]) -> None:
    installed = builds(made)
    assert installed > 0

    assert main(made, "run") == 0

    assert builds(made) == installed
    assert capfd.readouterr() == ("", "")


def test_a_changed_lock_is_installed(made: Path) -> None:
    installed = builds(made)
    (made / "requirements.lock").write_text("# changed\n")

    assert main(made, "run") == 0

    assert builds(made) == installed + 1


def test_the_dev_environment_can_also_run(made: Path) -> None:
    installed = builds(made)
    (made / "requirements.lock").write_text("# more to run\n")
    (made / "requirements-dev.lock").write_text("# more to run, and what tests need\n")
    assert main(made, "dev") == 0

    assert main(made, "run") == 0

    assert builds(made) == installed + 1


def test_a_moved_environment_is_not_sound(made: Path) -> None:
    assert is_sound(made / ".venv")

    moved = made.rename(made.with_name("moved"))
    is_sound_there = is_sound(moved / ".venv")
    moved.rename(made)

    assert not is_sound_there


def test_an_environment_without_its_python_is_not_sound(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/pyvenv.cfg").write_text("home = /nowhere\n")
    (checkout / ".venv/bin/python").symlink_to("/nowhere/python3")

    assert not is_sound(checkout / ".venv")


def test_an_environment_whose_creation_was_interrupted_is_not_sound(checkout: Path) -> None:
    environment = checkout / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    next(environment.glob("lib/python*/site-packages")).joinpath("pip.py").touch()  # the beginning of pip

    assert not is_sound(environment)


def test_a_failed_installation_is_explained(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (checkout / "requirements.lock").write_text("./not-there.whl\n")

    assert main(checkout, "run") == 3

    assert "failed with exit code 1; the lines above say why. Packages come from PyPI" in capfd.readouterr().err
    assert not (checkout / ".venv/watchwright-run.stamp").exists()


def test_an_interrupted_installation_says_how_to_go_on(checkout: Path) -> None:
    (checkout / "tools").mkdir()
    program = shutil.copy(ROOT / "tools/environment.py", checkout / "tools")
    command = [sys.executable, "-u", program, "run"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - a program in the background may ignore it
    ) as started:
        assert started.stdout is not None and started.stderr is not None
        assert started.stdout.readline().startswith("Creating .venv")
        started.send_signal(signal.SIGINT)
        last = started.stderr.read().splitlines()[-1]

    assert (started.returncode, last) == (130, "Stopped. Start again to finish the installation.")


def test_running_and_testing_have_separate_stamps(checkout: Path) -> None:
    (checkout / "requirements-dev.lock").write_text("# more\n")

    assert stamp_key(checkout, "run") != stamp_key(checkout, "dev")


def test_make_without_python_names_the_required_version(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make

    done = subprocess.run([make, "run"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True)

    assert done.returncode != 0
    assert "Watchwright needs Python 3.11 or newer, and there is none on PATH." in done.stderr


@pytest.mark.parametrize(
    "named", [(), ("PYTHON=python3",), ("PYTHON=/nowhere/python3",)], ids=["found", "named", "absent"]
)
def test_an_old_python_is_refused(tmp_path: Path, named: tuple[str, ...]) -> None:
    make = shutil.which("make")
    assert make
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")  # the answer of a Python older than 3.11
    (tmp_path / "python3").chmod(0o755)

    done = subprocess.run(
        [make, "python", *named], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "Watchwright needs Python 3.11 or newer" in done.stderr


def test_make_uses_the_newest_python(tmp_path: Path) -> None:
    make = shutil.which("make")
    assert make
    for name in ("python3", "python3.13", "python3.14"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / name).chmod(0o755)

    plan = subprocess.run(
        [make, "--dry-run", "environment"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True
    ).stdout

    assert f'"{tmp_path}/python3.14" tools/environment.py run' in plan


def test_make_prints_help_by_default() -> None:
    alone = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}

    help_text = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, env=alone).stdout

    for target in ("run", "test", "setup", "lint", "lock", "bench", "demo", "screenshots", "help"):
        assert f"make {target} " in help_text
