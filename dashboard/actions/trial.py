"""One probe with what a person is about to save, and what would be said of it; nothing is stored."""

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
    """How a website answered, and the verdict that it would get."""

    result: ProbeResult
    verdict: Verdict


async def attempt(given: dict[str, Any], settings: Settings, *, website_id: int | None = None) -> Trial:
    """Ask once, as *given* (the fields of `WebsiteCreate`) says.

    Args:
        given: What was typed; where it is masked, what the website *website_id* has stored.
        settings: For how many days a certificate must be valid where *given* does not say.
        website_id: The website that is being changed; None for a new one.

    Raises:
        InvalidInput: A field cannot be used.
        NotFound: There is no such website.
        NotAllowed: Who acts may not change what is watched.
    """
    require(Permission.WRITE)
    data = WebsiteCreate.checked(given)
    full = await in_session(_with_secrets, {"url": data.url, "check_options": data.check_options}, website_id)
    url, options = full["url"], stored_options(full["check_options"])
    async with Prober(settings.address_policy.refusal) as prober:
        result = await prober.probe(ProbeTarget(url=url, timeout_seconds=data.timeout, options=options))
    policy = Policy(certificate_days=settings.certificate_days).of(url, options)
    return Trial(result=result.without_content(), verdict=judge(result, policy))


def _with_secrets(db: Session, given: dict[str, Any], website_id: int | None) -> dict[str, Any]:
    website = None if website_id is None else WebsiteCRUD.get_by_id(db, website_id)
    if website is None and website_id is not None:
        raise NotFound(f"There is no website {website_id}.")
    return with_secrets(given, website)
