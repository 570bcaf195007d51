"""Registers all pages."""

from dashboard.pages import (
    account,
    audit,
    debug_session,
    debug_sessions,
    downtime,
    downtime_window,
    failed,
    maintenance,
    not_found,
    notifications,
    overview,
    report,
    search,
    settings,
    status_pages,
    users,
    website,
)
from dashboard.runtime import Runtime


def register_pages(runtime: Runtime) -> None:
    """Define every page."""
    for page in (
        overview,
        website,
        downtime,
        downtime_window,
        debug_sessions,
        debug_session,
        maintenance,
        notifications,
        status_pages,
        report,
        search,
        settings,
        account,
        users,
        audit,
        not_found,
        failed,
    ):
        page.register(runtime)
