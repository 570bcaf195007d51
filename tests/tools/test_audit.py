"""The audit reports known vulnerabilities, or that it was incomplete, in words."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.audit import main, outcome

ROOT = Path(__file__).resolve().parents[2]
WEAK = {"name": "old", "version": "1.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1"]}]}
FINE = {"name": "new", "version": "2.0", "vulns": []}
TRACE = "Traceback (most recent call last):\n  File …\nrequests.exceptions.ConnectionError: no route to host\n"
SKIPPED = "ERROR:pip_audit._cli:own: Dependency not found on PyPI and could not be audited: own (0.6)\n"


def found(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("ended", "code", "words"),
    [
        ((0, found(FINE), ""), 0, "No known vulnerability in the 1 locked packages."),
        ((1, found(WEAK, WEAK, FINE), ""), 1, "old 1.0: CVE-2026-1, fixed in 1.1"),
        ((1, "", TRACE), 3, "Not audited: not every locked package could be looked up"),
        ((1, "", SKIPPED), 3, "(own: Dependency not found on PyPI and could not be audited: own (0.6))."),
        ((0, "", ""), 3, "Not audited"),
    ],
    ids=["none", "some", "no network", "an unknown package", "nothing at all"],
)
def test_each_result_has_an_exit_code_and_a_sentence(ended: tuple[int, str, str], code: int, words: str) -> None:
    told = outcome(*ended)

    assert told[0] == code
    assert words in told[1] and "Traceback" not in told[1]


def test_without_pip_audit_the_audit_is_incomplete(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    assert main(ROOT, []) == 3
    assert capsys.readouterr().err.startswith("Not audited: ")


@pytest.mark.parametrize(("audited", "ends"), [(0, 0), (1, 1), (3, 0)], ids=["none", "some", "incomplete"])
def test_ci_fails_for_known_vulnerabilities_but_not_without_a_network(audited: int, ends: int, tmp_path: Path) -> None:
    python = tmp_path / ".venv/bin/python"
    for stand_in, code in ((tmp_path / "make", 0), (python, audited)):
        stand_in.parent.mkdir(parents=True, exist_ok=True)
        stand_in.write_text(f"#!/bin/sh\nexit {code}\n")
        stand_in.chmod(0o755)
    (tmp_path / ".ci").mkdir()
    script = shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")

    done = subprocess.run(["bash", script], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False)

    assert done.returncode == ends
