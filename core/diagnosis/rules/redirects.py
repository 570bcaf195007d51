"""Finds redirects that never end or lead to an address that cannot be requested. Pure."""

from collections.abc import Iterator

from core.diagnosis.evidence import Evidence
from core.diagnosis.finding import Finding
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.refused_cookies import rejected_cookie
from core.diagnosis.witness import agreement
from core.diagnosis.words import short
from core.monitoring.curl_errors import ProbeErrorKind


def redirects(evidence: Evidence) -> Iterator[Finding]:
    """Report redirects that never end or cannot be followed."""
    agreed = agreement(evidence, (ProbeErrorKind.REDIRECT_LOOP,))
    if agreed is not None:
        path = _path(evidence)
        is_proven = len(set(path)) < len(path)
        shown = " → ".join(short(url, evidence.url) for url in _circle(path)[:6])
        yield Finding(
            kind=Kind.REDIRECT_LOOP,
            sentence=f"{evidence.host} redirects {'in a loop' if is_proven or not path else 'without end'}"
            + (f": {shown}" if path else "")
            + f"{rejected_cookie(evidence.session, evidence.good_session)}.",
            confidence=agreed.confidence if is_proven or not path else Confidence.LIKELY,
            why=f"{agreed.why} " + (f"{len(path)} hops returned to an earlier address." if is_proven else ""),
            rows=agreed.rows,
        )
    agreed = agreement(evidence, (ProbeErrorKind.REDIRECT_REFUSED,))
    if agreed is not None:
        yield Finding(
            kind=Kind.REDIRECT_REFUSED,
            sentence=agreed.words or f"{evidence.host} redirects to an address that cannot be requested.",
            confidence=agreed.confidence,
            why=agreed.why,
            rows=agreed.rows,
        )


def _path(evidence: Evidence) -> list[str]:
    if evidence.look and len(evidence.look.hops) > 1:
        return [hop.url for hop in evidence.look.hops]
    return [hop.url for hop in evidence.session.documents] if evidence.session else []


def _circle(path: list[str]) -> list[str]:
    """Return the path from the first repeated URL to its repetition; all of *path* if no URL repeats."""
    for position, url in enumerate(path):
        if url in path[position + 1 :]:
            return path[position : path.index(url, position + 1) + 1]
    return path
