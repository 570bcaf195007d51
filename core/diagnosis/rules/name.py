"""Finds DNS problems: a name that does not resolve, or that resolves to other addresses than before. Pure."""

from collections.abc import Iterator

from core.addresses import is_ip_address
from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding, Row
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.look_facts import NO_ADDRESS, SYSTEM, LookFact
from core.diagnosis.witness import agreement, testimonies
from core.diagnosis.words import address_of, listed, ms
from core.monitoring.curl_errors import ProbeErrorKind

DNS_KINDS = (ProbeErrorKind.DNS_NOT_FOUND, ProbeErrorKind.DNS_FAILED, ProbeErrorKind.TIMEOUT_DNS)


def name(evidence: Evidence) -> Iterator[Finding]:
    """Report problems with the website's name."""
    yield from _unresolved(evidence)
    yield from _changed(evidence)


def _unresolved(evidence: Evidence) -> Iterator[Finding]:
    agreed = agreement(evidence, DNS_KINDS)
    if agreed is None:
        return
    look = None if evidence.is_elsewhere else evidence.look  # after a redirect the failing name is another one
    kinds = {testimony.kind for testimony in agreed.seen}
    reason = _answers(look, kinds)
    second = look.second if look else None
    if second is not None and second.addresses:
        reason += f", though {second.resolver} answers {listed(second.addresses)}"
    elif second is not None and second.is_absent:
        reason += f", and {second.resolver} says the same"
    why = agreed.why
    if second is not None and second.addresses:
        why += " The fault is in this machine's resolver, or in its view of the zone."
    rows = agreed.rows + ((Row(of="look", id=look.id, step="resolve"),) if look else ())
    yield Finding(
        kind=Kind.DNS,
        sentence=f"The name {evidence.subject} does not resolve (DNS): {reason}.",
        confidence=agreed.confidence,
        why=why,
        rows=rows,
    )


def _answers(look: LookFact | None, kinds: set[str | None]) -> str:
    system = look.lookup(SYSTEM) if look else None
    if system is not None and system.error is not None:
        within = f" after {ms(system.ms)}"
        if system.is_absent:
            absence = NO_ADDRESS if system.error == NO_ADDRESS else "it does not exist"
            return f"the system's resolver says{within} that {absence}"
        return f"the system's resolver gave up{within}: {system.error.rstrip('.').lower()}"
    if ProbeErrorKind.TIMEOUT_DNS in kinds:
        return "the system's resolver did not answer in time"
    if ProbeErrorKind.DNS_NOT_FOUND in kinds:
        return "it does not exist or has no address"
    return "the system's resolver fails"


def _changed(evidence: Evidence) -> Iterator[Finding]:
    now, before = _addresses_now(evidence), _addresses_before(evidence)
    if not now or not before or now & before or is_ip_address(evidence.host):
        return
    is_failing = any(testimony.kind is not None for testimony in testimonies(evidence))
    confidence, proof = Confidence.NOTE, "Nothing else fails, so this may be intended."
    if is_failing:
        confidence, proof = _proof(evidence)
    look = evidence.look
    rows = [Row(of="look", id=look.id, step="resolve")] if look else []
    if look and look.good_hops:
        rows.append(Row(of="look", id=look.id, step="request_known_good"))
    rows += [check.row for check in (evidence.check, evidence.good_check) if check]
    yield Finding(
        kind=Kind.DNS_CHANGED,
        sentence=f"{evidence.host} has a new address: it resolves to {listed(sorted(now))}, and resolved to "
        f"{listed(sorted(before))} when it worked{_outcome(look)}.",
        confidence=confidence,
        why=f"No current address is one of the earlier ones. {proof}",
        rows=tuple(rows),
    )


def _outcome(look: LookFact | None) -> str:
    if look is None or not look.good_hops or look.good_address is None:
        return ""
    last = look.good_hops[-1]
    if last.error_kind is None and (last.status or 0) < 400:
        return f", where it still returns status {last.status}"
    return ", where it fails as well"


def _proof(evidence: Evidence) -> tuple[Confidence, str]:
    look = evidence.look
    last = look.good_hops[-1] if look and look.good_hops else None
    if last is None:
        return Confidence.LIKELY, "It has failed since the change. The old address was not tested."
    if last.error_kind is None and (last.status or 0) < 400:
        return Confidence.HIGH, "The old address answers the same request correctly at the same time."
    return Confidence.NOTE, "The old address fails too, so the change alone does not explain the failure."


def _addresses_now(evidence: Evidence) -> set[str]:
    system = evidence.look.lookup(SYSTEM) if evidence.look else None
    if system is not None and system.addresses:
        return set(system.addresses)
    found = {address_of(check.remote_address) for check in evidence.checks}
    if evidence.session is not None and evidence.session.documents:
        found.add(address_of(evidence.session.documents[0].remote_address))
    return {address for address in found if address}


def _addresses_before(evidence: Evidence) -> set[str]:
    found: set[str | None] = set()
    if evidence.good_look is not None and (system := evidence.good_look.lookup(SYSTEM)):
        found |= set(system.addresses)
    if evidence.good_check is not None and evidence.good_check.final_url is None:
        found.add(address_of(evidence.good_check.remote_address))
    if not found and evidence.good_session is not None and evidence.good_session.documents:
        found.add(address_of(evidence.good_session.documents[0].remote_address))
    return {address for address in found if address}
