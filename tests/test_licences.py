"""Every package that Watchwright runs with is listed with its licence, and none that forbids what ours allows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
LISTED = re.compile(r"^\| ([A-Za-z0-9._-]+) \| ([^|]+) \|$", re.MULTILINE)
NOT_FOR_US = re.compile(r"AGPL|^GPL|SSPL|BUSL|proprietary|unknown|^\?", re.IGNORECASE)


def test_each_locked_package_is_listed_with_a_licence() -> None:
    listed = dict(LISTED.findall((ROOT / "docs" / "licences.md").read_text()))
    locked = set(LOCKED.findall((ROOT / "requirements.lock").read_text()))

    assert locked == listed.keys() - {"package", "---"}
    assert [name for name, licence in listed.items() if NOT_FOR_US.search(licence)] == []
