"""`watchwright serve`: the monitor's process first, then the dashboard in this one."""

import gc
import os

from core.config import Settings
from core.workers.worker import set_up_logging


def run(*, host: str | None = None, port: int | None = None, monitor: bool | None = None) -> None:
    """Serve until SIGTERM or SIGINT; what is not given is as the environment says.

    Raises:
        CannotServe: The port is taken, or the address is not this machine's.
        InvalidSetting: A setting cannot be used.
        StoreError: The store cannot be used.
    """
    for name, value in (("HOST", host), ("PORT", port), ("MONITOR", monitor)):
        if value is not None:
            os.environ[f"WATCHWRIGHT_{name}"] = str(value)  # validated like any other setting
    settings = Settings.load()
    set_up_logging(settings)

    gc.disable()  # what is imported stays: looking for garbage among it takes a tenth of the start

    from core.workers import forked_monitor

    forked = forked_monitor.fork() if settings.monitor else None

    from dashboard import lean

    lean.import_nicegui()
    from dashboard.app import serve

    gc.enable()
    serve(settings, forked=forked)
