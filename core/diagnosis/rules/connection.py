"""Finds connection failures: refused, timed out, unreachable, or only at some addresses. Pure."""

from collections.abc import Collection, Iterator

from core.debugging.recorded_url import split_recorded
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.look_facts import AttemptFact
from core.diagnosis.witness import Agreement, agreement
from core.diagnosis.words import address_of, listed, ms, short
from core.monitoring.curl_errors import ProbeErrorKind
from core.phrases import spelled

KINDS = {
    ProbeErrorKind.CONNECT_REFUSED: Kind.CONNECT_REFUSED,
    ProbeErrorKind.TIMEOUT_CONNECT: Kind.CONNECT_TIMEOUT,
    ProbeErrorKind.CONNECT_FAILED: Kind.CONNECT_FAILED,
    ProbeErrorKind.CONNECT_BLOCKED: Kind.CONNECT_BLOCKED,
    ProbeErrorKind.PROXY: Kind.PROXY,
}
CONNECT_ERRORS = frozenset(KINDS)


def connection(evidence: Evidence) -> Iterator[Finding]:
    """Report failures to connect to the website."""
    if _is_own_machine(evidence.end_url) and not _is_own_machine(evidence.url):
        yield from _own_machine(evidence)
        return
    is_explained = False
    for error_kind, kind in KINDS.items():
        agreed = agreement(evidence, (error_kind,))
        if agreed is None:
            continue
        is_explained = True
        yield Finding(
            kind=kind,
            sentence=_sentence(evidence, error_kind, agreed),
            confidence=agreed.confidence,
            why=agreed.why + _compared(evidence),
            rows=agreed.rows + evidence.attempt_rows("connect"),
        )
    if not is_explained:
        yield from _some_addresses(evidence)


def _own_machine(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, tuple(KINDS))
    if agreed is not None:
        yield Finding(
            kind=Kind.REDIRECT_REFUSED,
            sentence=f"{evidence.host} redirects to {short(evidence.end_url, evidence.url)}, an address that every "
            "visitor's own machine has.",
            confidence=agreed.confidence,
            why=f"{agreed.why} Its settings probably name the address of a developer's machine.",
            rows=agreed.rows,
        )


def _is_own_machine(url: str) -> bool:
    host = split_recorded(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.") or host.endswith(".localhost")


def _sentence(evidence: Evidence, error_kind: ProbeErrorKind, agreed: Agreement) -> str:
    host, port = evidence.subject, evidence.end_port
    attempts = () if evidence.is_elsewhere else _attempts(evidence, (error_kind,))
    is_address = [attempt.address for attempt in attempts] == [evidence.host]  # the URL has an address, not a name
    where = f" at {listed([_tried(attempt) for attempt in attempts])}" if attempts else _where(evidence)
    where = "" if is_address else where
    match error_kind:
        case ProbeErrorKind.CONNECT_REFUSED:
            return f"{host} refused the connection on port {port}{where}: nothing listens there."
        case ProbeErrorKind.TIMEOUT_CONNECT:
            return f"No connection to {host} on port {port}{where}: connecting timed out without a reply."
        case ProbeErrorKind.CONNECT_FAILED:
            return f"No route to {host} on port {port}{where}: the connection failed."
    return agreed.words or f"Could not connect to {evidence.host} on port {port}."


def _tried(attempt: AttemptFact) -> str:
    return f"{attempt.address} (after {ms(attempt.connect_ms)})" if attempt.connect_ms is not None else attempt.address


def _where(evidence: Evidence) -> str:
    address = address_of(evidence.check.remote_address) if evidence.check else None
    return f" at {address}" if address and address != evidence.host else ""


def _compared(evidence: Evidence) -> str:
    good = evidence.good_check
    return f" When it worked, connecting took {ms(good.connect_ms)}." if good and good.connect_ms is not None else ""


def _some_addresses(evidence: Evidence) -> Iterator[Finding]:
    failed, fine = _attempts(evidence, CONNECT_ERRORS), _attempts(evidence, (None,))
    if not failed or not fine:
        return
    yield Finding(
        kind=Kind.CONNECT_FAILED,
        sentence=f"Connecting to {evidence.host} fails at {listed([attempt.address for attempt in failed])} "
        f"({spelled(str(failed[0].error_kind))}), but works at {listed([attempt.address for attempt in fine])}.",
        confidence=Confidence.NOTE,
        why="Watchwright tested each address separately. Visitors who get the failing address wait or fail.",
        rows=evidence.attempt_rows("connect"),
    )


def _attempts(evidence: Evidence, kinds: Collection[str | None]) -> list[AttemptFact]:
    return [attempt for attempt in evidence.look.attempts if attempt.error_kind in kinds] if evidence.look else []
