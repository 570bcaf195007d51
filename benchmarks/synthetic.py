"""Generates any number of plausible exchanges of a page load, deterministic for each seed."""

import random
from collections.abc import Iterator
from functools import lru_cache

from core.debugging.waterfall import Exchange, Phases
from core.models import NetworkEventType

HOSTS = ("shop.example.com", "cdn.shop.example.com", "img.examplecdn.net", "fonts.gstatic.example", "pay.example.io")
WORDS = ("runtime", "search", "vendor", "checkout", "beacon", "carousel", "metrics", "cart", "banner", "icon", "user")
KINDS = (  # resource type, file ending, MIME type, weight
    ("image", "webp", "image/webp", 40),
    ("script", "js", "text/javascript", 20),
    ("stylesheet", "css", "text/css", 8),
    ("fetch", "json", "application/json", 14),
    ("xhr", "json", "application/json", 8),
    ("font", "woff2", "font/woff2", 5),
    ("ping", "", "text/plain", 3),
    ("media", "mp4", "video/mp4", 2),
)
FIRST_ID = 1000.1


@lru_cache(maxsize=16)
def exchanges(count: int, *, seed: int = 7) -> list[Exchange]:
    """Return *count* exchanges sorted by start, beginning with the document. The list is cached: do not change it."""
    return list(_generate(count, random.Random(seed)))


def _generate(count: int, dice: random.Random) -> Iterator[Exchange]:
    yield _exchange(0, 0.0, ("document", "", "text/html", 0), dice)
    started = 12.0
    for number in range(1, count):
        started += dice.expovariate(1 / 11)
        yield _exchange(number, started, dice.choices(KINDS, [kind[3] for kind in KINDS])[0], dice)


def _exchange(number: int, started: float, kind: tuple[str, str, str, int], dice: random.Random) -> Exchange:
    resource_type, ending, mime_type, _ = kind
    is_cached = number > 0 and dice.random() < 0.08
    is_failed = number > 0 and dice.random() < 0.03
    phases = Phases(download_ms=dice.uniform(0.3, 3)) if is_cached else _phases(dice, is_fresh=dice.random() < 0.3)
    if is_failed and dice.random() < 0.4:
        outcome, status, error = NetworkEventType.ERROR, None, "net::ERR_CONNECTION_REFUSED: the server refused"
    else:
        outcome, error = NetworkEventType.RESPONSE, None
        status = 500 if is_failed else dice.choices((200, 204, 304, 302), (90, 3, 4, 3))[0]
    size = int(dice.lognormvariate(8.5, 1.3))
    return Exchange(
        exchange_id=f"{FIRST_ID + number:.1f}",
        url=_url(number, ending, dice),
        method="POST" if resource_type in ("fetch", "ping") and dice.random() < 0.5 else "GET",
        started_ms=started,
        duration_ms=phases.total_ms,
        phases=phases,
        outcome=outcome,
        status_code=status,
        status_text=None,
        error_message=error,
        interruption=None,
        resource_type=resource_type,
        mime_type=mime_type,
        protocol=dice.choice(("h2", "h2", "http/1.1", "h3")),
        remote_address=f"203.0.113.{dice.randint(1, 9)}:443",
        connection_id=str(dice.randint(1, 60)),
        is_connection_reused=True,
        priority=dice.choice(("VeryLow", "Low", "Medium", "High", "VeryHigh")),
        initiator={"type": "parser", "url": f"https://{HOSTS[0]}/", "lineNumber": dice.randint(1, 90)},
        from_cache=dice.choice(("memory", "disk")) if is_cached else None,
        encoded_bytes=0 if is_cached else size,
        decoded_bytes=size * 2,
        redirected_from=None,
        preflight_for=None,
        target="page",
    )


def _url(number: int, ending: str, dice: random.Random) -> str:
    if number == 0:
        return f"https://{HOSTS[0]}/"
    folder = dice.choice(("assets", "static", "api", "img", "v2/icon", "dist"))
    name = f"{dice.choice(WORDS)}-{dice.getrandbits(24):06x}" + (f".{ending}" if ending else "")
    return f"https://{dice.choice(HOSTS)}/{folder}/{name}"


def _phases(dice: random.Random, *, is_fresh: bool) -> Phases:
    def span(high: float) -> float:
        return dice.uniform(0.2, high)

    return Phases(
        queued_ms=span(30),
        stalled_ms=span(8),
        dns_ms=span(40) if is_fresh else None,
        connect_ms=span(50) if is_fresh else None,
        tls_ms=span(60) if is_fresh else None,
        sent_ms=span(0.6),
        waiting_ms=span(110),
        download_ms=span(60),
    )
