"""Detects the format of another program's file from its content, and reads it."""

import json
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import InvalidInput
from core.importers.gatus import read_gatus
from core.importers.import_data import ImportData
from core.importers.kuma import read_backup, read_database
from core.importers.lists import is_address, is_header, read_sitemap, read_targets, read_urls
from dashboard.parsing.yaml_file import read_yaml

BY_KEY: tuple[tuple[str, Callable[[dict[str, Any]], ImportData]], ...] = (
    ("monitorList", read_backup),
    ("scrape_configs", read_targets),
)
GATUS = ("endpoints", "services")
SQLITE = b"SQLite format 3\0"
PACKED = ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "ZIP"), (b"\xfd7zXZ", "xz"), (b"BZh", "bzip2"))
HTML = re.compile(rb"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
JSON = re.compile(r"\s*(?:\{|\[(?![0-9A-Fa-f:.]+\]))")  # but not a list of addresses that begins with [::1]
SCHEME = re.compile(r"https?://", re.IGNORECASE)
UNKNOWN = "not a file that can be imported. Supported: a HAR file, Uptime Kuma's kuma.db or backup, Gatus' YAML, "
UNKNOWN += "Prometheus' targets, a sitemap or a list of addresses"

AS_UTF8 = "Save a table as UTF-8 first; in Excel, as CSV UTF-8."


def read(path: Path, environment: dict[str, str]) -> ImportData | None:
    """Return the content of the file at *path*; None for a HAR file, which is a debug session.

    Raises:
        InvalidInput: The file cannot be read, or its format is unknown.
    """
    try:
        with path.open("rb") as file:
            begins = file.read(64)
        if begins.startswith(SQLITE):
            return read_database(path)
        content = path.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    _refuse_binary(content, path)
    if content.lstrip().startswith(b"<"):
        return _read_naming_file(path, read_sitemap, content.strip())
    return _of_text(_text(content, path), path, environment)


def _refuse_binary(content: bytes, path: Path) -> None:
    if not content.strip():
        raise InvalidInput(f"{path} is empty.")
    packed = next((name for mark, name in PACKED if content.startswith(mark)), None)
    if packed:
        raise InvalidInput(f"{path} is compressed ({packed}). Decompress it first.")
    if HTML.match(content):
        raise InvalidInput(f"{path} is an HTML page, so it is {UNKNOWN}.")


def _text(content: bytes, path: Path) -> str:
    """Return the file's text in UTF-8, or in UTF-16 as PowerShell on Windows writes it."""
    try:
        return content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path} is not UTF-8 text, so it is {UNKNOWN}. {AS_UTF8}") from error


def _of_text(text: str, path: Path, environment: dict[str, str]) -> ImportData | None:
    if not JSON.match(text) and _is_list(text):
        return read_urls(text)
    value = _value(text, path, environment)
    if isinstance(value, list) and value and all(isinstance(item, dict) and "targets" in item for item in value):
        return _read_naming_file(path, read_targets, value)
    if isinstance(value, dict):
        if "log" in value:
            return None
        parse = next((read_it for key, read_it in BY_KEY if key in value), None)
        if parse is None and any(key in value for key in GATUS):
            parse = partial(read_gatus, environment=environment)
        if parse is not None:
            return _read_naming_file(path, parse, value)
        if "websites" in value:
            raise InvalidInput(f"{path} is a Watchwright configuration. Use `watchwright apply`.")
    raise InvalidInput(f"{path} is {UNKNOWN}.")


def _is_list(text: str) -> bool:
    """Return whether the text is a table of addresses, or a list: one line with a scheme, or mostly addresses."""
    if is_header(text.partition("\n")[0]):
        return True
    firsts = [line.split()[0] for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return any(SCHEME.match(word) for word in firsts) or sum(map(is_address, firsts)) * 2 > len(firsts)


def _value(text: str, path: Path, environment: dict[str, str]) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return read_yaml(text, str(path), environment).value
    try:
        return json.loads(text)
    except RecursionError as error:
        raise InvalidInput(f"{path} is nested too deeply.") from error
    except ValueError as error:
        raise InvalidInput(f"{path} is not JSON: {error}.") from error


def _read_naming_file(path: Path, parse: Callable[[Any], ImportData], content: Any) -> ImportData:
    """Return what *parse* returns for *content*. Errors get the file's name."""
    try:
        return parse(content)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error
