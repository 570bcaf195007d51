"""Implements `watchwright serve`: starts the monitor's process, then serves the dashboard in this one."""

import gc
import os

from core import setting_typos
from core.config import Settings
from core.workers.worker import set_up_logging
from dashboard.parsing.flags import named


def run(*, host: str | None = None, port: int | None = None, monitor: bool | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Arguments that are None come from the environment.

    Raises:
        CannotServe: The port is in use, or the address is not this machine's.
        InvalidInput: A setting is invalid; an argument is named by its flag.
        StoreError: The store cannot be used.
    """
    overrides = {
        name: value for name, value in (("host", host), ("port", port), ("monitor", monitor)) if value is not None
    }
    for name, value in overrides.items():
        os.environ[f"WATCHWRIGHT_{name.upper()}"] = str(value)  # validated like any other setting
    with named({name: name for name in overrides}):
        settings = Settings.load()
    set_up_logging(settings)
    setting_typos.warn_about_typos()

    gc.disable()  # imported objects stay: collecting garbage meanwhile takes a tenth of the start

    from core.workers import forked_monitor

    forked = forked_monitor.fork() if settings.monitor else None

    from dashboard.web import lean_imports

    lean_imports.import_nicegui()
    from dashboard.server import serve

    gc.enable()
    serve(settings, forked=forked)
