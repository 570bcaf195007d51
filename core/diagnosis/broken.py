"""The requests of a page that failed, apart from the document: which of them matter, and whether that is new. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.debugging.compare import normalise
from core.debugging.waterfall import Exchange
from core.diagnosis.evidence import SessionFact
from core.diagnosis.kinds import Kind
from core.diagnosis.witness import net_error

IGNORED = ("ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT")  # the page, or a session's own block pattern, wanted it so
KINDS = {
    "script": Kind.SCRIPT_FAILED,
    "stylesheet": Kind.STYLESHEET_FAILED,
    "xhr": Kind.API_FAILED,
    "fetch": Kind.API_FAILED,
    "websocket": Kind.API_FAILED,
    "eventsource": Kind.API_FAILED,
}
"""What a page needs; anything else that fails is a blemish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One request of the page that failed."""

    exchange: Exchange
    kind: Kind
    is_needed: bool
    is_third_party: bool
    failed_before: bool | None
    """Whether it failed in the last good session as well; None where there is none."""

    @property
    def may_be_meant(self) -> bool:
        """Whether the page may live with it: an answer to a script that says no, such as 404 for an empty basket."""
        return self.kind is Kind.API_FAILED and 400 <= (self.exchange.status_code or 0) < 500

    @property
    def reason(self) -> str:
        """How it failed: ``status 404``, or the browser's words."""
        exchange = self.exchange
        if exchange.error_message and (exchange.status_code or 0) < 400:
            return exchange.error_message.rstrip(".").partition(" (")[0]
        return f"status {exchange.status_code}"


def broken(session: SessionFact, good: SessionFact | None) -> Iterator[Broken]:
    """The failed requests of *session*, in order of time."""
    document = session.document
    site = site_of(document.url if document else session.url)
    own = {exchange.exchange_id for exchange in session.documents}
    before = {(e.method, normalise(e.url)) for e in good.exchanges if e.is_failed} if good else None
    for exchange in session.exchanges:
        if not exchange.is_failed or exchange.exchange_id in own or _is_wanted(exchange):
            continue
        if exchange.preflight_for is not None:  # the request that it was for fails as well, and says why
            continue
        is_foreign = site_of(exchange.url) != site
        kind = KINDS.get(exchange.resource_type or "", Kind.RESOURCE_FAILED)
        is_needed = kind is not Kind.RESOURCE_FAILED and exchange.status_code != 401
        yield Broken(
            exchange=exchange,
            kind=_policy(exchange) or (Kind.THIRD_PARTY_FAILED if is_foreign and is_needed else kind),
            is_needed=is_needed,
            is_third_party=is_foreign,
            failed_before=None if before is None else (exchange.method, normalise(exchange.url)) in before,
        )


def _is_wanted(exchange: Exchange) -> bool:
    """Whether it is nobody's failure: aborted before any answer, or the icon that browsers ask every site for."""
    is_icon = urlsplit(exchange.url).path == "/favicon.ico"
    return is_icon or (net_error(exchange) in IGNORED and (exchange.status_code or 0) < 400)


def _policy(exchange: Exchange) -> Kind | None:
    """The browser's own rule that stopped it, from the words of `core.debugging.failures`."""
    message = exchange.error_message or ""
    if message.startswith("Blocked by CORS"):
        return Kind.CORS
    if "(mixed-content)" in message:
        return Kind.MIXED_CONTENT
    if "(csp)" in message or "ERR_BLOCKED_BY_CSP" in message:
        return Kind.CSP
    return None


def site_of(url: str) -> str:
    """Host and port without the first label of a longer name: what a website's owner has in hand, about."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    labels = host.split(".")
    is_name = not labels[-1].isdigit() and ":" not in host
    return (".".join(labels[-2:]) if is_name and len(labels) > 2 else host) + f":{parts.port or ''}"
