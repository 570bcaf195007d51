"""/api/v1/configuration: the whole configuration as one document."""

from typing import Annotated, Any

from fastapi import Query, Request

from core.schemas.configuration import Configuration, ConfigurationResult
from dashboard.actions import configuration
from dashboard.api.noun_router import noun_router
from dashboard.runtime import Runtime

router = noun_router("configuration", "/configuration")

Name = Annotated[str | None, Query(max_length=64, description="Only what the configuration of this name manages.")]
DryRun = Annotated[bool, Query(description="Change nothing; only say what would be. Who may read may.")]
Prune = Annotated[bool, Query(description="Delete what this configuration managed and no longer names.")]


@router.get("")
async def export_configuration(request: Request, name: Name = None) -> dict[str, Any]:
    """Websites, status pages and who is told, by name; defaults left out, secrets masked."""
    return await configuration.export(Runtime.of(request).settings, name)


@router.put("")
async def apply_configuration(
    data: Configuration, request: Request, dry_run: DryRun = False, prune: Prune = False
) -> ConfigurationResult:
    """Let everything be as the document says; applied again it changes nothing."""
    settings = Runtime.of(request).settings
    return await configuration.apply(data, settings, is_pruned=prune, is_dry_run=dry_run)
