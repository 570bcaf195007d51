"""Creates ``.venv`` and installs the locked dependencies; does nothing if they are installed already.

Runs on the system's Python, so it uses only the standard library of Python 3.11.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
BUILD_LOCK = "requirements-build.lock"  # for building the checkout itself
CANNOT_WORK_HERE = 3
INTERRUPTED = 130  # 128 + SIGINT, as in shells


class CannotWorkHere(Exception):
    """Only the machine's owner can provide what is missing; the message names it."""


def main(root: Path, kind: str) -> int:
    """Update *root*'s environment for *kind*, ``run`` or ``dev``; returns the exit code."""
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # `make run` and `make test` may run at the same time
        provide(root, kind)
    except CannotWorkHere as error:
        print(error, file=sys.stderr)
        return CANNOT_WORK_HERE
    except KeyboardInterrupt:
        print("Stopped. Start again to finish the installation.", file=sys.stderr)
        return INTERRUPTED
    finally:
        os.close(folder)
    return 0


def provide(root: Path, kind: str) -> None:
    """Install, unless *kind*'s stamp says that the same was installed here before.

    Raises:
        CannotWorkHere: The environment cannot be created, or a package could not be installed.
    """
    environment = root / ".venv"
    if is_stamped(environment, kind, stamp_key(root, kind)):
        return
    if not is_sound(environment):
        print("Creating .venv with Python {}.{} …".format(*sys.version_info), flush=True)
        make(environment)
        _stamp(environment, "made").touch()
    print(f"Installing {LOCKS[kind]} into .venv (once, takes about a minute) …", flush=True)
    install(root, environment, "--require-hashes", "-r", BUILD_LOCK, "-r", LOCKS[kind])
    install(root, environment, "--no-deps", "--no-build-isolation", "-e", ".")
    for satisfied in ("run", "dev") if kind == "dev" else ("run",):  # the dev lock includes the run lock
        _stamp(environment, satisfied).write_text(stamp_key(root, satisfied))


def is_stamped(environment: Path, kind: str, key: str) -> bool:
    """Whether *environment* has the stamp *key*."""
    stamp = _stamp(environment, kind)
    return stamp.is_file() and stamp.read_text() == key


def _stamp(environment: Path, kind: str) -> Path:
    return environment / f"watchwright-{kind}.stamp"


def stamp_key(root: Path, kind: str) -> str:
    """Return a hash of everything that an installation depends on: locks, pyproject.toml, Python and location."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {root}".encode())
    for name in (LOCKS[kind], BUILD_LOCK, "pyproject.toml"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def is_sound(environment: Path) -> bool:
    """Whether there is a complete environment that was created here by a Python that still exists."""
    made_by = environment / "pyvenv.cfg"
    if not made_by.is_file() or not _was_made_at(environment, made_by.read_text()):
        return False
    if not any(environment.glob(_stamp(environment, "*").name)):
        return False  # its creation was interrupted, and pip may be incomplete
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run(
                [environment / "bin/python", "-I", "-c", probe], stderr=subprocess.DEVNULL, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def _was_made_at(environment: Path, configuration: str) -> bool:
    """Return False if the checkout was moved or copied, because scripts in ``bin`` contain the old path."""
    commands = [line for line in configuration.splitlines() if line.startswith("command = ")]
    return not commands or commands[0].endswith(str(environment))


def make(environment: Path) -> None:
    """Create a new virtual environment with pip.

    Raises:
        CannotWorkHere: This Python has neither ensurepip nor pip, and they could not be installed.
    """
    shutil.rmtree(environment, ignore_errors=True)
    if _has("ensurepip") or _installed_from_the_system():
        _run([sys.executable, "-m", "venv", str(environment)])
    elif _has("pip"):
        _run([sys.executable, "-m", "venv", "--without-pip", str(environment)])
        _run([sys.executable, "-m", "pip", "--python", str(environment / "bin/python"), "install", "-qq", "pip"])
    else:
        raise CannotWorkHere(
            f"{sys.executable} cannot make virtual environments, because its ensurepip module is missing: "
            f"install it with `sudo apt-get install {_venv_package()}` (Debian, Ubuntu) and start again."
        )


def _has(module: str) -> bool:
    """Whether *module* can be imported; a new process also finds modules that were just installed."""
    return (
        subprocess.run([sys.executable, "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False).returncode
        == 0
    )


def _venv_package() -> str:
    return "python{}.{}-venv".format(*sys.version_info)


def _installed_from_the_system() -> bool:
    """Install ensurepip, which Debian has in a package of its own, if we are root."""
    if _has("pip") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {_venv_package()} …", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", _venv_package()]):
        subprocess.run(["apt-get", "-qq", *arguments], env=quiet, stdout=subprocess.DEVNULL, check=False)
    return _has("ensurepip")


def install(root: Path, environment: Path, *arguments: str) -> None:
    """Run ``pip install`` with *arguments* in *environment*, quietly.

    Raises:
        CannotWorkHere: pip failed and has printed why.
    """
    pip = [str(environment / "bin/python"), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    _run(
        [*pip, "install", "-qq", *arguments],
        cwd=root,
        advice=" Packages come from PyPI: check the network, or set PIP_INDEX_URL.",
    )


def _run(command: list[str], cwd: Path | None = None, advice: str = "") -> None:
    if code := subprocess.run(command, cwd=cwd, check=False).returncode:
        raise CannotWorkHere(f"`{' '.join(command)}` failed with exit code {code}; the lines above say why.{advice}")


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent.parent, sys.argv[1]))
