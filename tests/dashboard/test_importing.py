"""What a file is, is seen in the file."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import InvalidInput
from dashboard.cli import app
from dashboard.importing import read
from tests.core.importers.kuma_file import make_kuma

GATUS = "endpoints:\n  - name: a\n    url: https://a.example\n"
PROMETHEUS = "scrape_configs:\n  - job_name: web\n    metrics_path: /probe\n"


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (GATUS, "Gatus' configuration"),
        (PROMETHEUS, "Prometheus' targets"),
        ('[{"targets": ["https://a.example"]}]', "Prometheus' targets"),
        ('{"monitorList": []}', "Uptime Kuma's backup"),
        ("<?xml version='1.0'?><urlset/>", "a sitemap"),
        ("# ours\nhttps://a.example\nb.example Name\n", "a list of addresses"),
    ],
)
def test_a_file_is_known_by_what_stands_in_it(tmp_path: Path, content: str, source: str) -> None:
    (tmp_path / "file").write_text(content)

    found = read(tmp_path / "file", {})

    assert found is not None and found.source == source


def test_a_har_file_is_a_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('{"log": {}}')

    assert read(tmp_path / "file", {}) is None


@pytest.mark.parametrize("content", [b"", b"hello: world\n", b"\xff\xfe\x00", b'{"a": 1}', b"[1, 2]", b"{"])
def test_anything_else_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(InvalidInput):
        read(tmp_path / "file", {})


def test_the_command_says_what_it_took_in_and_what_it_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    kuma = make_kuma(tmp_path / "kuma.db")

    tried = CliRunner().invoke(app, ["import", str(kuma), "--dry-run"])
    done = CliRunner().invoke(app, ["import", str(kuma)])
    again = CliRunner().invoke(app, ["import", str(kuma)])

    assert "Would be added" in tried.output and "Nothing was changed." in tried.output
    assert "! monitor Router: It is of the type ping" in done.output
    assert "180 checks and 1 downtime windows of the past" in done.output, done.output
    assert "Added: 0 of Uptime Kuma's database" in again.output
