"""Who may answer in the application's stead, and in which order they are asked."""

from fastapi import FastAPI

from core.accounts.actor import Actor
from core.config import Settings
from dashboard.auth import Guard
from dashboard.status.domain import Domains, OwnDomain
from dashboard.web.broken_off import BrokenOff
from dashboard.web.headers import SecurityHeaders
from dashboard.web.no_nul import NoNul
from dashboard.web.origin import SameOrigin
from dashboard.web.while_away import WhileAway


def put_before(app: FastAPI, settings: Settings, everybody: Actor | None) -> None:
    """Have what comes in pass them, the last one first."""
    domains = Domains()
    app.add_middleware(Guard, everybody=everybody)
    app.add_middleware(SameOrigin, settings=settings, others=domains)
    app.add_middleware(OwnDomain, domains=domains, is_ours=SameOrigin.names(settings))
    app.add_middleware(NoNul)
    app.add_middleware(WhileAway)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(BrokenOff)
