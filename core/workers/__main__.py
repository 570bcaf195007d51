"""Runs the monitor's process, ``python -m core.workers``. Its parent writes settings to its standard input."""

import asyncio
import os
import signal
import sys

from core.config import Settings
from core.workers.worker import set_up_logging, work


def main() -> None:
    """Check websites until standard input closes, which happens when the parent ends for any reason."""
    for number in (signal.SIGINT, signal.SIGTERM):  # Ctrl+C and systemd signal both; the parent ends us in order
        signal.signal(number, signal.SIG_IGN)
    if not (line := sys.stdin.buffer.readline()):
        return  # the parent has ended before it sent settings
    settings, facts = Settings.from_line(line)
    set_up_logging(settings)

    def until(stop: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        inlet = sys.stdin.fileno()

        def read() -> None:
            if not os.read(inlet, 4_096):
                loop.remove_reader(inlet)
                stop.set()

        loop.add_reader(inlet, read)

    asyncio.run(work(settings, name=facts["monitor"], until=until))


if __name__ == "__main__":
    main()
