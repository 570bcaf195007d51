"""Kill 50 dispatchers one after the other, and count lost and duplicate notifications.

Each dispatcher is a process on a real store with a webhook on loopback. Half of them die between lease and send, half
between sending and marking as sent. ``python -m benchmarks.outbox [--kills 50 --channels 60]``
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks._ending import cleaned_up
from core import database
from tests.core.notifications.killable_dispatcher import outlive


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.outbox", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--channels", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder:
        engine = database.make_engine(f"sqlite:///{Path(folder) / 'store.sqlite3'}")
        database.upgrade(engine)
        database.bind(engine)
        outcome = asyncio.run(outlive(str(engine.url), channels=given.channels, kills=given.kills))
        engine.dispose()
    print(f"| {given.kills} dispatchers killed | messages |")
    print("| --- | ---: |")
    print(f"| written | {len(outcome.written)} |")
    print(f"| received by the webhook | {len(outcome.received)} |")
    print(f"| lost | {len(outcome.written - outcome.received)} |")
    print(f"| marked as sent but not received | {len(outcome.sent - outcome.received)} |")
    print(f"| received again with the same `webhook-id` | {outcome.repeated} |")


if __name__ == "__main__":
    main()
