"""What an import prints: what it imported, what it skipped, and errors with their line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.command_line.app import app
from tests.core.importers.kuma_file import make_kuma


def test_the_command_prints_what_it_imported_and_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    kuma = make_kuma(tmp_path / "kuma.db")

    tried = CliRunner().invoke(app, ["import", str(kuma), "--dry-run"])
    done = CliRunner().invoke(app, ["import", str(kuma)])
    again = CliRunner().invoke(app, ["import", str(kuma)])

    assert "Would be added" in tried.output and "Nothing was changed." in tried.output
    assert "! monitor Router: Its type is ping" in done.output
    assert "180 checks and 1 downtime window of its history" in done.output, done.output
    assert "Added: nothing of Uptime Kuma's database" in again.output


def test_errors_in_a_list_name_their_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    rows = [
        "url,name",
        "https://a.example,A",
        "htp://b.example,B",
        ",C",
        "https://a.example/,D",
        f"c.example,{'x' * 300}",
    ]
    (tmp_path / "list.csv").write_text("\n".join(rows))

    done = CliRunner().invoke(app, ["import", str(tmp_path / "list.csv"), "--dry-run"])

    assert "! line 3: B: The URL must start with" in done.output
    assert "! line 4: It has no address." in done.output
    assert "! line 5: D: The file contains it twice." in done.output
    assert f"! line 6: {'x' * 80}: name: must have at most 255" in done.output.replace("\n", "")
