"""Looks up every locked package in the advisory database and prints the result in a sentence.

Exit codes: 0 no vulnerability is known; 1 vulnerabilities are listed; 3 some packages could not be looked up.
pip-audit runs with ``--strict``, so that a package that cannot be looked up does not pass.
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
ANSWER_SECONDS = 15  # per request
ALL_SECONDS = 600  # in total
VULNERABLE, CANNOT_WORK_HERE = 1, 3


def main(root: Path, extra: list[str]) -> int:
    """Run pip-audit, print the result and return the exit code."""
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
    """Return the exit code and the words for a result of pip-audit."""
    found, asked = vulnerabilities(stdout)
    if found:
        return VULNERABLE, "\n".join([f"{len(found)} known vulnerabilities in locked packages:", *found])
    if returncode == 0 and asked:
        return 0, f"No known vulnerability in the {asked} locked packages."
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    return CANNOT_WORK_HERE, not_audited(lines[-1].rpartition("_cli:")[2][:300] if lines else "pip-audit said nothing")


def vulnerabilities(stdout: str) -> tuple[list[str], int]:
    """Return a line per vulnerability that pip-audit has found, and the number of packages that it looked up."""
    try:
        packages = json.loads(stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], 0
    found = {_line(package, one) for package in packages for one in package.get("vulns", [])}
    return sorted(found), len({package["name"] for package in packages})


def _line(package: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixed = ", ".join(vulnerability["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {vulnerability['id']}, fixed in {fixed}"


def not_audited(reason: str) -> str:
    """Return the sentence for an incomplete audit."""
    return f"Not audited: not every locked package could be looked up ({reason.rstrip('.')})."


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], sys.argv[1:]))
