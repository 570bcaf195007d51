"""Ask the advisory database about every package in the lock files, and say what came of it in a sentence.

Exit codes: 0 nothing is known against any; 1 something is, and it is listed; 3 not all could be looked up, so nothing
is said: with ``--strict`` what cannot be looked up is no pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock")
COMMAND = (
    "pip-audit",
    "--strict",
    "--disable-pip",
    "--require-hashes",
    "--progress-spinner",
    "off",
    "--format",
    "json",
)
ANSWER_SECONDS = 15  # for one question
ALL_SECONDS = 600  # for all of them
WEAK, CANNOT_WORK_HERE = 1, 3


def main(root: Path, extra: list[str]) -> int:
    """Ask, print what came of it, and return the exit code."""
    locks = [word for lock in LOCKS for word in ("--requirement", str(root / lock))]
    program = Path(sys.executable).with_name(COMMAND[0])
    command = [str(program), *COMMAND[1:], "--timeout", str(ANSWER_SECONDS), *locks, *extra]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=ALL_SECONDS)
    except subprocess.TimeoutExpired:
        code, words = CANNOT_WORK_HERE, not_audited(f"it took longer than {ALL_SECONDS} s")
    except OSError as error:
        code, words = CANNOT_WORK_HERE, not_audited(str(error))
    else:
        code, words = outcome(done.returncode, done.stdout, done.stderr)
    print(words, file=sys.stderr if code else sys.stdout)
    return code


def outcome(returncode: int, stdout: str, stderr: str) -> tuple[int, str]:
    """The exit code and the words for how pip-audit ended."""
    weak, asked = weaknesses(stdout)
    if weak:
        return WEAK, "\n".join([f"{len(weak)} known weaknesses in what is locked:", *weak])
    if returncode == 0 and asked:
        return 0, f"Nothing is known against any of the {asked} packages that are locked."
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return CANNOT_WORK_HERE, not_audited(lines[-1].rpartition("_cli:")[2][:300] if lines else "pip-audit said nothing")


def weaknesses(stdout: str) -> tuple[list[str], int]:
    """A line for each weakness that pip-audit has found, and how many packages it asked about."""
    try:
        packages = json.loads(stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], 0
    found = {_line(package, one) for package in packages for one in package.get("vulns", [])}
    return sorted(found), len({package["name"] for package in packages})


def _line(package: dict[str, Any], weakness: dict[str, Any]) -> str:
    mended = ", ".join(weakness["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}"


def not_audited(reason: str) -> str:
    """What is said where the question could not be answered."""
    return f"Not audited: the advisory service could not be asked about all that is locked ({reason.rstrip('.')})."


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], sys.argv[1:]))
