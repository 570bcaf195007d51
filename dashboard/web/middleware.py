"""Adds the application's middleware in the right order."""

from fastapi import FastAPI

from core.accounts.actor import Actor
from core.config import Settings
from dashboard.auth import Guard
from dashboard.status.domain import Domains, OwnDomain
from dashboard.web.body_limit import BodyLimit
from dashboard.web.client_address import ClientAddress
from dashboard.web.client_disconnects import ClientDisconnects
from dashboard.web.compression import PageCompression
from dashboard.web.headers import SecurityHeaders
from dashboard.web.nul_refusal import RefuseNul
from dashboard.web.origin import SameOrigin
from dashboard.web.socket_messages import SocketOwner
from dashboard.web.store_unavailable import StoreUnavailable


def add_middleware(app: FastAPI, settings: Settings, everybody: Actor | None) -> None:
    """Add all middleware. Requests pass them from the last added to the first."""
    domains = Domains()
    app.add_middleware(SocketOwner)
    app.add_middleware(BodyLimit)
    app.add_middleware(Guard, everybody=everybody)
    app.add_middleware(SameOrigin, settings=settings, others=domains)
    app.add_middleware(OwnDomain, domains=domains, is_ours=SameOrigin.names(settings))
    app.add_middleware(RefuseNul)
    app.add_middleware(StoreUnavailable)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(PageCompression)
    app.add_middleware(ClientDisconnects)
    app.add_middleware(ClientAddress)
