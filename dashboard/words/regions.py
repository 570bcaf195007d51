"""Describes regions in words. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.models import MonitorStatus, Region
from core.monitoring.region_votes import RegionVote, RegionVotes
from core.phrases import counted, listed
from core.schemas.region import majority
from core.services.region_checks import Line
from dashboard import theme
from dashboard.components.region_list import Row
from dashboard.format import duration, milliseconds


def regions_words(regions: Sequence[str], quorum: int | None) -> str:
    """Return ``eu, us and ap; 2 of 3 must report it down``."""
    needed = quorum or majority(regions)
    if len(regions) == 1:
        return regions[0]
    return f"{listed(regions)}; {needed} of {len(regions)} must report it down"


def heartbeat_words(known: Sequence[Region], now: datetime) -> dict[str, str]:
    """Return when each region's workers last reported, by ``Region NAME``."""
    return {f"Region {region.name}": _heard(region, now) for region in known}


def region_rows(found: RegionVotes, lines: Mapping[str, Line]) -> list[Row]:
    """Return a row per region of a website, in the website's order."""
    return [_row(vote, lines.get(vote.region, ())) for vote in found.regions]


def quorum_words(found: RegionVotes) -> str:
    """Return ``2 of 3 must report it down``."""
    return f"{found.quorum} of {len(found.regions)} must report it down"


def verdict(found: RegionVotes) -> str:
    """Return the regions' joint reason; empty if all say up."""
    return found.judgement.reason or ""


def seen_by(found: Mapping[str, Mapping[MonitorStatus, int]]) -> str:
    """Say which regions saw a downtime window: ``Seen by eu (12 checks); us (9 checks) found no problem``.

    Args:
        found: Each region's number of checks in the window, by status.
    """
    seen = {region: counts[MonitorStatus.DOWN] for region, counts in found.items() if MonitorStatus.DOWN in counts}
    well = {region: sum(counts.values()) for region, counts in found.items() if region not in seen}
    parts = [f"Seen by {_counts_listed(seen)}"] if seen else []
    parts += [f"{_counts_listed(well)} found no problem"] if well else []
    return f"{'; '.join(parts)}." if parts else ""


def _counts_listed(counts: Mapping[str, int]) -> str:
    return listed([f"{region} ({counted(n, 'check')})" for region, n in sorted(counts.items())])


def _row(vote: RegionVote, line: Line) -> Row:
    status = str(vote.status or MonitorStatus.UNKNOWN)
    view = vote.view
    silent = "Silent" if view is not None else "No report yet"
    return Row(
        region=vote.region,
        status=status,
        word=theme.STATUS_WORDS[status] if vote.status else silent,
        since=vote.vote.since if vote.status else view.checked_at if view else None,
        response=milliseconds(view.response_time_ms if view else None),
        reason=(view.error_message or "") if view else "No worker of this region has checked it yet.",
        line=line,
    )


def _heard(region: Region, now: datetime) -> str:
    if region.silent_since is not None:
        silence = duration((now - region.silent_since).total_seconds())
        return f"no report for {silence}: none of its workers is able to check"
    if region.heard_at is None:
        return "no report yet"
    return f"last report {duration(max((now - region.heard_at).total_seconds(), 1))} ago"
