"""Defines findings: what the evidence shows, how certain that is, and the rows that prove it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from core.diagnosis.kinds import CONFIDENCE_ORDER, KIND_ORDER, Confidence, Kind

RowOf = Literal["check", "look", "exchange", "console", "session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A reference to stored evidence."""

    of: RowOf
    id: int | str
    """The row's id; for an exchange its exchange id."""
    session_id: int | None = None
    """The session of an exchange or console message."""
    step: str | None = None
    """The step of a look: ``resolve``, ``connect``, ``tls``, ``request`` or ``request_known_good``."""

    def as_json(self) -> dict[str, Any]:
        """Return the reference as `Finding.rests_on` stores it."""
        further = {"session_id": self.session_id, "step": self.step}
        return {"of": self.of, "id": self.id, **{name: value for name, value in further.items() if value is not None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one rule."""

    kind: Kind
    sentence: str
    """One sentence that says what is wrong, with figures."""
    confidence: Confidence
    why: str
    """Sentences with the reasons for `sentence`."""
    rows: tuple[Row, ...] = ()


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Sort findings by confidence, then by network layer from the bottom up, and remove duplicates."""
    ranked = sorted(found, key=lambda finding: (CONFIDENCE_ORDER[finding.confidence], KIND_ORDER[finding.kind]))
    return list({(finding.kind, finding.sentence): finding for finding in ranked}.values())
