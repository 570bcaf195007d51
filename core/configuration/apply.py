"""Applies a configuration to the store, or returns what that would change."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.configuration import contents
from core.configuration.difference import Step, differ
from core.configuration.execute import execute
from core.configuration.wanted import wanted_objects
from core.schemas.configuration import Configuration
from core.sealing import Sealer
from core.services import regions


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The changes of a configuration."""

    steps: list[Step]
    done: list[tuple[Step, int]]
    """Each executed step with the id of its row; empty in a dry run."""


def apply(db: Session, configuration: Configuration, sealer: Sealer, *, is_pruned: bool, is_dry_run: bool) -> Applied:
    """Make the store match *configuration*, in the caller's transaction.

    Args:
        db: The session.
        configuration: What to apply.
        sealer: Seals the secrets of channels.
        is_pruned: Delete objects that this configuration managed and no longer defines.
        is_dry_run: A dry run: return the steps but change nothing.

    Raises:
        UnusableConfiguration: It refers to a missing object, or to one that another configuration manages.
        InvalidInput: It names regions, but the store is SQLite.
    """
    for website in configuration.websites:
        regions.require_shared_store(db, website.regions)
    present = contents.read(db, sealer)
    steps = differ(wanted_objects(configuration, present), present, configuration.name, is_pruned=is_pruned)
    return Applied(steps=steps, done=[] if is_dry_run else execute(db, steps, present, sealer))
