"""A finding: one thing that evidence shows, how sure that is, and the rows it rests on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from core.diagnosis.kinds import ORDER, SURENESS, Confidence, Kind

RowOf = Literal["check", "look", "exchange", "console", "session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something stored that a finding rests on."""

    of: RowOf
    id: int | str
    """Of a check, look, console message or session; of an exchange its exchange id."""
    session_id: int | None = None
    """Of an exchange or console message."""
    step: str | None = None
    """Of a look: ``resolve``, ``connect``, ``tls``, ``request`` or ``request_known_good``."""

    def as_json(self) -> dict[str, Any]:
        """As it is stored in `Finding.rests_on`."""
        further = {"session_id": self.session_id, "step": self.step}
        return {"of": self.of, "id": self.id, **{name: value for name, value in further.items() if value is not None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found."""

    kind: Kind
    sentence: str
    """What is wrong, with its figures, in one sentence."""
    confidence: Confidence
    why: str
    """Why we think so, in sentences."""
    rows: tuple[Row, ...] = ()


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """The surest first, of equally sure ones what lies lowest; what is said twice is said once."""
    ranked = sorted(found, key=lambda finding: (SURENESS[finding.confidence], ORDER[finding.kind]))
    return list({(finding.kind, finding.sentence): finding for finding in ranked}.values())
