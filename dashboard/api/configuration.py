"""/api/v1/configuration: the whole configuration as one document."""

from typing import Annotated, Any

from fastapi import Query, Request

from core.schemas.configuration import Configuration, ConfigurationResult
from dashboard.actions import configuration
from dashboard.api.noun_router import noun_router
from dashboard.runtime import Runtime

router = noun_router("configuration", "/configuration")

Name = Annotated[
    str | None, Query(max_length=64, description="Only resources managed by the configuration of this name.")
]
DryRun = Annotated[bool, Query(description="Report the changes without applying them. Needs only the read scope.")]
Prune = Annotated[bool, Query(description="Delete resources that this configuration managed and no longer contains.")]


@router.get("")
async def export_configuration(request: Request, name: Name = None) -> dict[str, Any]:
    """Export the configuration: websites, status pages, channels and rules. Defaults are omitted and secrets masked."""
    return await configuration.export(Runtime.of(request).settings, name)


@router.put("")
async def apply_configuration(
    data: Configuration, request: Request, dry_run: DryRun = False, prune: Prune = False
) -> ConfigurationResult:
    """Apply a configuration. Applying it again changes nothing."""
    settings = Runtime.of(request).settings
    return await configuration.apply(data, settings, is_pruned=prune, is_dry_run=dry_run)
