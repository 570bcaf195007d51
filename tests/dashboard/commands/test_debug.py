"""One debug session on the command line."""

from pathlib import Path

import pytest

from tests.command import run


def test_a_har_file_that_cannot_be_written_is_refused_before_the_browser_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_EXECUTABLE", str(tmp_path / "no-browser"))
    file = tmp_path / "nowhere" / "session.har"

    done = run("debug", "http://127.0.0.1:1/", "--har", str(file))

    assert done.returncode == 2
    assert done.stderr == f"watchwright: {file} cannot be written: No such file or directory.\n"
