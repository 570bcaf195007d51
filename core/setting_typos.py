"""Finds environment variables whose names look like misspelt settings.

Watchwright would otherwise use the default of the setting without a word.
"""

import logging
import os
from collections.abc import Mapping
from difflib import get_close_matches

from core.config import PREFIX, Settings

logger = logging.getLogger(__name__)

SIMILARITY = 0.8  # of names without the prefix; a less similar variable may belong to others, as Kubernetes' links do


def likely_typos(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return each variable that has our prefix but sets nothing, with the setting that is probably meant."""
    known = {field.upper() for field in Settings.model_fields}
    given = {name.removeprefix(PREFIX) for name in environment if name.startswith(PREFIX)} - known
    near = {name: get_close_matches(name, known, n=1, cutoff=SIMILARITY) for name in sorted(given)}
    return {f"{PREFIX}{name}": f"{PREFIX}{found[0]}" for name, found in near.items() if found}


def warn_about_typos() -> None:
    """Log a warning for each likely typo."""
    for name, meant in likely_typos().items():
        logger.warning("unknown environment variable; it has no effect", extra={"variable": name, "perhaps": meant})
