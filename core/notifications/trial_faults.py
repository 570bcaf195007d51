"""Calculates which faults of debug sessions a rule would have sent. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.notifications.faults import SECOND_LOOK, Fault, compare
from core.notifications.trial import ConditionSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A debug session of an available website."""

    website_id: int
    page: str
    ended_at: datetime
    is_whole: bool
    """Whether faults that it did not find are gone."""
    found: Sequence[Fault]


@dataclass(slots=True, kw_only=True)
class _Lasting:
    kind: str
    sentence: str
    spell: ConditionSpan = field(compare=False)
    is_found_twice: bool = field(default=False, compare=False)

    @property
    def is_told(self) -> bool:
        """Whether a second session found the fault, or it lasted long enough; other faults are not sent."""
        end = self.spell.ended_at
        return self.is_found_twice or end is None or end >= self.spell.began_at + SECOND_LOOK


def fault_spells(sessions: Iterable[Looked], kinds: Collection[str]) -> list[ConditionSpan]:
    """Return when websites had faults of *kinds*, of any kind if empty; *sessions* are ordered by time."""
    known: dict[tuple[int, str], list[_Lasting]] = {}
    over: list[_Lasting] = []
    for session in sessions:
        own = known.setdefault((session.website_id, session.page), [])
        changed = compare(own, session.found, is_whole=session.is_whole)
        for gone in changed.gone:
            gone.spell = replace(gone.spell, ended_at=session.ended_at)
            over.append(gone)
        for lasting, seen in changed.lasting:
            lasting.sentence, lasting.is_found_twice = seen.sentence, True
        own[:] = [fault for fault in own if fault not in changed.gone]
        if changed.new is not None:
            spell = ConditionSpan(website_id=session.website_id, began_at=session.ended_at)
            own.append(_Lasting(kind=changed.new.kind, sentence=changed.new.sentence, spell=spell))
    faults = [*over, *(fault for own in known.values() for fault in own)]
    return [fault.spell for fault in faults if fault.is_told and (not kinds or fault.kind in kinds)]
