"""Variables that are all but named as a setting: a misspelt one would pass for the setting's default."""

import logging
import os
from collections.abc import Mapping
from difflib import get_close_matches

from core.config import PREFIX, Settings

logger = logging.getLogger(__name__)

LIKENESS = 0.8  # of names without their prefix; what is less like one may be somebody else's, as Kubernetes' links are


def misspelt(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables that set nothing, by name, each with the setting that is probably meant."""
    known = {field.upper() for field in Settings.model_fields}
    given = {name.removeprefix(PREFIX) for name in environment if name.startswith(PREFIX)} - known
    near = {name: get_close_matches(name, known, n=1, cutoff=LIKENESS) for name in sorted(given)}
    return {f"{PREFIX}{name}": f"{PREFIX}{found[0]}" for name, found in near.items() if found}


def warn() -> None:
    """Log each of them."""
    for name, meant in misspelt().items():
        logger.warning("this variable is no setting, and sets nothing", extra={"variable": name, "perhaps": meant})
