"""The sites under test: real servers on loopback whose own access log is the truth."""

from tests.sites.flaky import FlakySite
from tests.sites.log import AccessLog, LogEntry
from tests.sites.secrets import SECRETS
from tests.sites.site import Site, serve_site

__all__ = ["SECRETS", "AccessLog", "FlakySite", "LogEntry", "Site", "serve_site"]
