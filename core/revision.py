"""Which revision of the store this version of the code needs, read from its migrations.

Not by Alembic: that runs each of them for it and stays in memory with 14 MB, of which a server whose store is as it
should be needs nothing.
"""

import re
from functools import cache
from pathlib import Path

OWN = re.compile(r"^revision(?:: str)? = \"(\w+)\"$", re.MULTILINE)
BEFORE = re.compile(r"^down_revision(?:: [\w |]+)? = \"(\w+)\"$", re.MULTILINE)


def migrations() -> Path:
    """The folder of Alembic's environment and, in ``versions``, of all migrations."""
    here = Path(__file__).resolve().parent
    installed = here / "migrations"  # in a wheel
    return installed if installed.is_dir() else here.parent / "alembic"


@cache
def needed() -> str:
    """The revision that no migration leads on from."""
    (last,) = known() - {one for source in _sources() for one in BEFORE.findall(source)}
    return last


def known() -> set[str]:
    """All revisions; one that is none of these was made by a newer version."""
    return {one for source in _sources() for one in OWN.findall(source)}


def _sources() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in (migrations() / "versions").glob("*.py")]
