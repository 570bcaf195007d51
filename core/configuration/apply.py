"""Applies a configuration to the store, or says what that would change."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.configuration import contents
from core.configuration.carry_out import carry_out
from core.configuration.difference import Step, differ
from core.configuration.wanted import want
from core.schemas.configuration import Configuration
from core.sealing import Sealer
from core.services import regions


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a configuration changes."""

    steps: list[Step]
    done: list[tuple[Step, int]]
    """Each step that was carried out, with the number of its row; empty when it was only tried."""


def apply(db: Session, configuration: Configuration, sealer: Sealer, *, is_pruned: bool, is_tried: bool) -> Applied:
    """Let the store be as *configuration* says, in the caller's transaction.

    Args:
        configuration: What to apply.
        is_pruned: Delete what this configuration managed and no longer names.
        is_tried: Change nothing; only say what would be.

    Raises:
        UnusableConfiguration: It names what is not there, or what another configuration manages.
        InvalidInput: It names regions, and the store is SQLite's.
    """
    for website in configuration.websites:
        regions.require_shared_store(db, website.regions)
    present = contents.read(db, sealer)
    steps = differ(want(configuration, present), present, configuration.name, is_pruned=is_pruned)
    return Applied(steps=steps, done=[] if is_tried else carry_out(db, steps, present, sealer))
