"""The demo's websites: how each behaves now, and its outages of the last 90 days. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from core.monitoring.curl_errors import ProbeErrorKind

DAYS = 90
ACCEPTED_MS = 2_000
INTERVAL_SECONDS = 600  # of most websites; 90 days of checks every minute would take minutes to write


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One outage or slow period."""

    ago: timedelta
    lasted: timedelta
    cause: str = ""
    """The error of each check; slow checks report their own time instead."""
    status_code: int | None = None
    """None without a response."""
    is_slow: bool = False
    """Whether it was degraded, not down."""
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One website of the demo. It is served at ``NAME.localhost``, which resolves to this machine."""

    name: str
    behaviour: str = "healthy"
    """How the demo's site answers; see `dashboard.demo.site`."""
    typical_ms: float = 160
    interval_seconds: int = INTERVAL_SECONDS
    days: int = DAYS
    """How long it has been watched."""
    is_paused: bool = False
    description: str | None = None
    tags: tuple[str, ...] = ()
    expected_text: str | None = None
    """The text that its checks expect in the page."""
    outages: tuple[Outage, ...] = ()

    @property
    def accepted_ms(self) -> int | None:
        """The response time from which it is degraded."""
        return ACCEPTED_MS if any(outage.is_slow for outage in self.outages) else None

    @property
    def host(self) -> str:
        """The host name at which the demo's site serves it."""
        return f"{self.name.lower().replace(' ', '-')}.localhost"


def _down(days: float, minutes: float, cause: str, notes: str | None = None) -> Outage:
    code = int(cause.split("status ")[1][:3]) if "status " in cause else None
    return Outage(
        ago=timedelta(days=days), lasted=timedelta(minutes=minutes), cause=cause, status_code=code, notes=notes
    )


def _slow(days: float, minutes: float) -> Outage:
    return Outage(ago=timedelta(days=days), lasted=timedelta(minutes=minutes), is_slow=True)


def _status(code: int) -> str:
    return f"The server returned status {code}; expected 200 to 399."


REFUSED = "The host refused the connection."
TIMEOUT = "Timed out after 10 s while waiting for a response from the host."
DNS = "The name could not be resolved."
ERROR_KINDS = {
    REFUSED: ProbeErrorKind.CONNECT_REFUSED,
    TIMEOUT: ProbeErrorKind.TIMEOUT_ANSWER,
    DNS: ProbeErrorKind.DNS_NOT_FOUND,
}
"""The error kinds of these causes; any other cause is an unaccepted status."""
SHARED = _down(2.2, 84, _status(502), "The load balancer lost both upstreams after a deploy, which was rolled back.")
"""An outage of six websites at once."""

CAST = (
    Player(
        name="Checkout",
        tags=("shop",),
        behaviour="storefront",
        typical_ms=210,
        description="The shop's last step; every minute counts.",
        outages=(SHARED, _slow(4.1, 25), _down(0.6, 27, TIMEOUT), _down(31, 52, _status(500)), _down(71, 18, TIMEOUT)),
    ),
    Player(
        name="Payments API",
        tags=("api", "shop"),
        behaviour="flapping",
        typical_ms=120,
        interval_seconds=20,
        days=4,
        outages=(SHARED, _down(1.3, 12, _status(503)), _down(3.2, 4, TIMEOUT)),
    ),
    Player(
        name="Search",
        tags=("shop",),
        behaviour="slow",
        typical_ms=340,
        outages=(_slow(0.03, 90), _slow(0.5, 40), _slow(21, 95), _slow(52, 60)),
    ),
    Player(name="Auth", tags=("api",), typical_ms=90, outages=(SHARED, _down(40, 16, _status(500)))),
    Player(name="CDN edge", typical_ms=24, interval_seconds=30, days=3),
    Player(
        name="Docs",
        tags=("public",),
        typical_ms=75,
        outages=(_down(33, 240, DNS, "Nameserver change; the old zone had gone."),),
    ),
    Player(name="Status page", tags=("public",), typical_ms=60),
    Player(
        name="Webhooks",
        tags=("api",),
        behaviour="refusing",
        typical_ms=150,
        outages=(SHARED, _down(0.05, 90, _status(500))),
    ),
    Player(name="Mobile API", tags=("api",), typical_ms=130, outages=(SHARED, _slow(12, 45), _down(61, 29, TIMEOUT))),
    Player(name="Partner portal", typical_ms=420, outages=(_slow(3.6, 130), _down(27, 35, _status(503)))),
    Player(name="Blog", tags=("public",), typical_ms=180, outages=(_down(70, 31, TIMEOUT),)),
    Player(
        name="Storefront",
        tags=("shop",),
        behaviour="deploys",
        typical_ms=120,
        interval_seconds=15,
        days=2,
        description="Its next deploy goes wrong, a minute after the demo has begun.",
        expected_text="In stock",
    ),
    Player(name="Dashboard", behaviour="broken assets", typical_ms=260, outages=(SHARED, _down(5.1, 38, _status(504)))),
    Player(name="Inventory", typical_ms=310, outages=(_slow(1.1, 70), _down(45, 52, _status(500)))),
    Player(
        name="Image proxy",
        behaviour="hanging",
        typical_ms=95,
        outages=(_down(0.08, 150, TIMEOUT), _down(6.7, 237, TIMEOUT, "Disk full; the cache is bounded now.")),
    ),
    Player(name="Mailer", typical_ms=110, outages=(_down(6.4, 39, REFUSED), _slow(2.9, 35), _down(58, 26, REFUSED))),
    Player(name="Reports", typical_ms=780, outages=(_slow(14, 160), _slow(37, 80), _slow(66, 190))),
    Player(
        name="Legacy SOAP",
        tags=("api",),
        behaviour="refusing",
        typical_ms=530,
        outages=(_down(0.12, 200, _status(500)),),
    ),
    Player(name="Wiki", tags=("internal",), typical_ms=190),
    Player(name="Build server", tags=("internal",), typical_ms=240, is_paused=True, outages=(_down(8, 46, REFUSED),)),
    Player(
        name="Forum", typical_ms=350, outages=(_down(17, 64, DNS, "The name had not been renewed since the move."),)
    ),
    Player(name="Metrics", tags=("internal",), typical_ms=45),
    Player(name="Intranet", tags=("internal",), typical_ms=140, days=24, outages=(_down(11, 28, TIMEOUT),)),
    Player(name="Launch page", behaviour="redirects", typical_ms=70, interval_seconds=60, days=1),
)
