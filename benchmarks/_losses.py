"""Failures of a monitor's network and of its websites, for `benchmarks.own_network`."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from benchmarks._beyond import Beyond, Names
from benchmarks._cables import Cable
from core.clock import utc_now

SETTLE_SECONDS = 40.0  # more than enough to check every website once
LOSS_SECONDS = 45.0
DOWN_SECONDS = 75.0  # the interval, three checks that time out, and the pauses between them


@dataclass
class Case:
    """A monitor with its network, and a record of their failures."""

    beyond: Beyond
    cable: Cable
    names: Names
    folder: Path
    websites: int
    kind: "Kind"
    down_from: dict[int, datetime] = field(default_factory=dict)
    """When websites fell silent."""
    down_until: dict[int, datetime] = field(default_factory=dict)
    lost_at: datetime | None = None
    mended_at: datetime | None = None

    @property
    def store_url(self) -> str:
        return f"sqlite:///{self.folder / 'watchwright.sqlite3'}"

    def silence(self, *websites: int) -> None:
        for website in websites:
            self.beyond.fall_silent(website)
            self.down_from[website] = utc_now()

    def revive(self, *websites: int) -> None:
        for website in websites:
            self.beyond.recover(website)
            self.down_until[website] = utc_now()

    def break_network(self, how: Callable[[], None], seconds: float, back: Callable[[], None]) -> None:
        """Break the network with *how* for *seconds*, then restore it with *back*."""
        how()
        self.lost_at = self.lost_at or utc_now()
        time.sleep(seconds)
        back()
        self.mended_at = utc_now()

    def was_up(self, website: int, at: datetime) -> bool:
        down_from, until = self.down_from.get(website), self.down_until.get(website)
        return down_from is None or at < down_from or (until is not None and at > until)


def pulled(case: Case) -> None:
    """The cable is pulled for 45 s."""
    case.break_network(case.cable.cut, LOSS_SECONDS, case.cable.mend)


def router(case: Case) -> None:
    """Everything beyond the router is unreachable for 45 s."""
    case.break_network(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)


def unresolved(case: Case) -> None:
    """No name resolves for 45 s."""
    number = case.beyond.number
    case.break_network(lambda: case.names.silent.add(number), LOSS_SECONDS, lambda: case.names.silent.discard(number))


def cut_short(case: Case) -> None:
    """The link is down for 2 s, and later the route is missing for 2 s."""
    case.break_network(case.cable.cut, 2, case.cable.mend)
    time.sleep(SETTLE_SECONDS / 2)
    case.break_network(case.cable.swallow, 2, case.cable.pass_on)


def flapping(case: Case) -> None:
    """Five times the route is missing for 10 s and present for 5 s."""
    for _turn in range(5):
        case.break_network(case.cable.swallow, 10, case.cable.pass_on)
        time.sleep(5)


def half_down(case: Case) -> None:
    """Half of the websites are down for 75 s; the network works."""
    some = range(1, case.websites // 2 + 1)
    case.silence(*some)
    time.sleep(DOWN_SECONDS)
    case.revive(*some)


def all_down(case: Case) -> None:
    """All websites are down for 75 s; the network works."""
    every = range(1, case.websites + 1)
    case.silence(*every)
    time.sleep(DOWN_SECONDS)
    case.revive(*every)


def down_before(case: Case) -> None:
    """Three websites are down when the network fails for 45 s; one of them is back before the network is."""
    case.silence(1, 2, 3)
    time.sleep(DOWN_SECONDS)
    back = threading.Timer(LOSS_SECONDS / 2, case.revive, (1,))
    back.start()
    case.break_network(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)
    time.sleep(SETTLE_SECONDS / 2)
    case.revive(2, 3)


def down_meanwhile(case: Case) -> None:
    """Three websites go down while the network fails for 45 s."""
    down = threading.Timer(LOSS_SECONDS / 2, case.silence, (1, 2, 3))
    down.start()
    case.break_network(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)
    time.sleep(DOWN_SECONDS)
    case.revive(1, 2, 3)


def down_a_moment_before(case: Case) -> None:
    """One website goes down 3 s before the network fails for 45 s."""
    case.silence(1)
    time.sleep(3)
    case.break_network(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)
    time.sleep(DOWN_SECONDS)
    case.revive(1)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of failure for a case."""

    run: Callable[[Case], None]
    canaries: bool = False

    @property
    def words(self) -> str:
        description = (self.run.__doc__ or "").rstrip(".")
        return f"{description}; with canaries" if self.canaries else description


KINDS = (
    Kind(pulled),
    Kind(router),
    Kind(router, canaries=True),
    Kind(unresolved),
    Kind(unresolved, canaries=True),
    Kind(cut_short),
    Kind(flapping),
    Kind(half_down),
    Kind(all_down, canaries=True),
    Kind(down_before),
    Kind(down_meanwhile),
    Kind(down_a_moment_before),
)
