"""Probes a website once with unsaved settings, and judges the result. Stores nothing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.config import Settings
from core.database import in_session
from core.errors import NotFound
from core.monitoring.probe import Prober, ProbeResult, ProbeTarget
from core.monitoring.verdict import Policy, Verdict, judge
from core.schemas import WebsiteCreate
from core.schemas.check_options import stored_options
from core.services import WebsiteCRUD
from core.services.website_secrets import with_secrets
from dashboard.current_actor import require


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The result of one probe, and its verdict."""

    result: ProbeResult
    verdict: Verdict


async def attempt(fields: dict[str, Any], settings: Settings, *, website_id: int | None = None) -> Trial:
    """Probe once with the fields of `WebsiteCreate`.

    Args:
        fields: The typed values. A masked secret stands for the one that the website *website_id* has stored.
        settings: Gives the certificate's minimum validity where *fields* does not.
        website_id: The website that is being edited; None for a new one.

    Raises:
        InvalidInput: A field is invalid.
        NotFound: The website does not exist.
    """
    require(Permission.WRITE)
    data = WebsiteCreate.checked(fields)
    full = await in_session(_with_secrets, {"url": data.url, "check_options": data.check_options}, website_id)
    url, options = full["url"], stored_options(full["check_options"])
    async with Prober(settings.address_policy.refusal) as prober:
        result = await prober.probe(ProbeTarget(url=url, timeout_seconds=data.timeout, options=options))
    policy = Policy(certificate_days=settings.certificate_days).of(url, options)
    return Trial(result=result.without_content(), verdict=judge(result, policy))


def _with_secrets(db: Session, fields: dict[str, Any], website_id: int | None) -> dict[str, Any]:
    website = None if website_id is None else WebsiteCRUD.get_by_id(db, website_id)
    if website is None and website_id is not None:
        raise NotFound(f"There is no website {website_id}.")
    return with_secrets(fields, website)
