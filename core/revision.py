"""Finds out which revision of the store this version of the code needs, by reading its migrations.

Alembic is not used: it would import every migration and keep 14 MB in memory, which a server with an up-to-date store
does not need.
"""

import re
from functools import cache
from pathlib import Path

BASE = "base"
"""Alembic's name for an empty store."""
OWN = re.compile(r"^revision(?:: str)? = \"(\w+)\"$", re.MULTILINE)
BEFORE = re.compile(r"^down_revision(?:: [\w |]+)? = \"(\w+)\"$", re.MULTILINE)
GIVEN = re.compile(r"(?P<start>\w*)(?P<steps>[+-]\d+)?", re.ASCII)


def migrations() -> Path:
    """Return the folder with Alembic's environment and, in ``versions``, all migrations."""
    here = Path(__file__).resolve().parent
    installed = here / "migrations"  # in a wheel
    return installed if installed.is_dir() else here.parent / "alembic"


@cache
def chain() -> tuple[str, ...]:
    """Return `BASE` and all revisions, each after the one that it revises."""
    sources = [file.read_text(encoding="utf-8") for file in (migrations() / "versions").glob("*.py")]
    after = {(BEFORE.findall(source) or [BASE])[0]: own for source in sources for own in OWN.findall(source)}
    found = [BASE]
    while found[-1] in after:
        found.append(after[found[-1]])
    return tuple(found)


def latest_revision() -> str:
    """Return the revision that this version of the code needs."""
    return chain()[-1]


def known_revisions() -> set[str]:
    """Return all revisions; a store at another one was migrated by a newer version."""
    return set(chain()[1:])


def resolve_revision(given: str, current: str) -> str | None:
    """Return the revision that *given* means in a store at *current*; None if there is none.

    *given* is a revision or its beginning, `BASE` or ``head``, or a number of steps from one of them or from *current*:
    ``head-1``, ``+2``.
    """
    found = GIVEN.fullmatch(given)
    if not given or found is None:
        return None
    start, steps = found["start"] or current, int(found["steps"] or 0)
    places = [
        place
        for place, revision in enumerate(chain())
        if revision.startswith(latest_revision() if start == "head" else start)
    ]
    if len(places) != 1 or not 0 <= places[0] + steps < len(chain()):
        return None
    return chain()[places[0] + steps]
