"""The kind of an uploaded file is recognised from its content."""

import gzip
from pathlib import Path

import pytest

from core.errors import InvalidInput
from dashboard.actions.file_kind import read

GATUS = "endpoints:\n  - name: a\n    url: https://a.example\n"
PROMETHEUS = "scrape_configs:\n  - job_name: web\n    metrics_path: /probe\n"


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (GATUS, "Gatus' configuration"),
        (PROMETHEUS, "Prometheus' targets"),
        ('[{"targets": ["https://a.example"]}]', "Prometheus' targets"),
        ('[{"targets":["https://a.example"]}]', "Prometheus' targets"),
        ('{"monitorList": []}', "Uptime Kuma's backup"),
        ('{"monitorList":[{"id":1,"url":"https://a.example"}]}', "Uptime Kuma's backup"),
        ("[::1]:8080\n[::2]\n", "a list of addresses"),
        ("<?xml version='1.0'?><urlset/>", "a sitemap"),
        ("# ours\nhttps://a.example\nb.example Name\n", "a list of addresses"),
        ("Name;URL\nShop;https://a.example\n", "a list of addresses"),
    ],
)
def test_a_file_format_is_detected_from_its_content(tmp_path: Path, content: str, source: str) -> None:
    (tmp_path / "file").write_text(content)

    found = read(tmp_path / "file", {})

    assert found is not None and found.source == source


@pytest.mark.parametrize("content", ['{"log": {}}', '{"log":{"entries":[{"request":{"url":"https://a.example/"}}]}}'])
def test_a_har_file_is_a_session(tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_text(content)

    assert read(tmp_path / "file", {}) is None


@pytest.mark.parametrize("content", [b"hello: world\n", b"\xff\xfe\x00", b'{"a": 1}', b"[1, 2]", b"[]", b"{"])
def test_unknown_formats_are_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(InvalidInput):
        read(tmp_path / "file", {})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\n", "is empty"),
        (gzip.compress(b"<urlset/>", mtime=0), "is compressed (gzip). Decompress it first"),
        (b"<!DOCTYPE html><html></html>", "is an HTML page"),
        (b"<rss/>", "starts with <rss>"),
        ("https://a.example Café".encode("latin-1"), "Save a table as UTF-8 first"),
        (b"[" * 100_000, "is nested too deeply"),
        (b"websites: []", "Use `watchwright apply`"),
        (b"endpoints: 5", "file: endpoints is not a list."),
    ],
)
def test_an_error_names_the_file(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "file", {})

    assert says in str(refused.value) and str(refused.value).startswith(str(tmp_path / "file"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_list_in_utf_16_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "file").write_text("https://a.example Café\r\n", encoding=encoding)

    found = read(tmp_path / "file", {})

    assert found is not None and found.sections["websites"] == [{"url": "https://a.example", "name": "Café"}]


@pytest.mark.parametrize("first", ["https://a.example", "a.example"])
def test_a_list_skips_a_line_without_an_address(tmp_path: Path, first: str) -> None:
    (tmp_path / "file").write_text(f"{first}\nlocalhost:3000\nsee below\n")

    found = read(tmp_path / "file", {})

    assert found is not None and [one["url"] for one in found.sections["websites"]] == [
        "https://a.example",
        "http://localhost:3000",
    ]
    assert [(left.what, left.why) for left in found.left] == [("line 3", "see is not an address.")]
