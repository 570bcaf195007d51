"""A server started by `watchwright serve` imports only what it needs."""

import subprocess
import sys

SCRIPT = """
import sys
import dashboard.cli, dashboard.commands.serve
import core.workers.__main__
print(*(name for name, module in sys.modules.items() if module))
from dashboard.web import lean_imports
lean_imports.import_nicegui()
import dashboard.app
print(*(name for name, module in sys.modules.items() if module))
import requests
"""
SELDOM = {
    "alembic",
    "apprise",
    "authlib",
    "cryptography",
    "dns",
    "httpx",
    "joserfc",
    "playwright",
    "prometheus_client",
    "psycopg",
    "re2",
    "regex",
    "segno",
    "sqlalchemy.dialects.postgresql",
    "typer",
    "urllib.request",
    "websockets.asyncio",
}
"""Imported where they are used: each takes 1 to 15 MB."""


def test_rarely_used_modules_are_not_imported() -> None:
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)

    monitor, dashboard = (set(line.split()) for line in run.stdout.splitlines())
    assert not monitor & (SELDOM | {"nicegui", "fastapi", "aiohttp", "requests"})
    assert not dashboard & (SELDOM | {"aiohttp", "requests", "watchfiles", "pydantic.v1"})
