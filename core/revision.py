"""Which revision of the store this version of the code needs, read from its migrations.

Not by Alembic: that runs each of them for it and stays in memory with 14 MB, of which a server whose store is as it
should be needs nothing.
"""

import re
from functools import cache
from pathlib import Path

BASE = "base"
"""What Alembic calls a store in which nothing is yet."""
OWN = re.compile(r"^revision(?:: str)? = \"(\w+)\"$", re.MULTILINE)
BEFORE = re.compile(r"^down_revision(?:: [\w |]+)? = \"(\w+)\"$", re.MULTILINE)
GIVEN = re.compile(r"(?P<start>\w*)(?P<steps>[+-]\d+)?", re.ASCII)


def migrations() -> Path:
    """The folder of Alembic's environment and, in ``versions``, of all migrations."""
    here = Path(__file__).resolve().parent
    installed = here / "migrations"  # in a wheel
    return installed if installed.is_dir() else here.parent / "alembic"


@cache
def chain() -> tuple[str, ...]:
    """`BASE` and all revisions, each after the one that it builds on."""
    sources = [file.read_text(encoding="utf-8") for file in (migrations() / "versions").glob("*.py")]
    after = {(BEFORE.findall(source) or [BASE])[0]: own for source in sources for own in OWN.findall(source)}
    found = [BASE]
    while found[-1] in after:
        found.append(after[found[-1]])
    return tuple(found)


def needed() -> str:
    """The revision that no migration leads on from."""
    return chain()[-1]


def known() -> set[str]:
    """All revisions; one that is none of these was made by a newer version."""
    return set(chain()[1:])


def meant(given: str, current: str) -> str | None:
    """The revision that somebody at *current* means; None where there is none.

    It is given by itself or its beginning, as `BASE` or ``head``, or by steps from one of them or from *current*:
    ``head-1``, ``+2``.
    """
    found = GIVEN.fullmatch(given)
    if not given or found is None:
        return None
    start, steps = found["start"] or current, int(found["steps"] or 0)
    places = [place for place, one in enumerate(chain()) if one.startswith(needed() if start == "head" else start)]
    if len(places) != 1 or not 0 <= places[0] + steps < len(chain()):
        return None
    return chain()[places[0] + steps]
