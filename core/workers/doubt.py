"""Holds a website's failure back for the moment that it takes to see whether it is our own network that failed."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from core.models import MonitorStatus
from core.monitoring import routing
from core.monitoring.judged_result import JudgedResult
from core.monitoring.own_network import (
    OWN_NETWORK,
    Contact,
    Origin,
    Scope,
    Witness,
    can_be_judged,
    origin,
    panel,
    sample,
)
from core.monitoring.verdict import Verdict
from core.workers.outages import Outage, Outages

ASKED = 5  # other websites that are asked when one falls silent
COUNTED = 50  # places, at most, of which each is asked before it is said to be us
COUNT_SECONDS = 2.0  # for them to answer: websites that are checked in the same moment fall silent before others speak
ASK_SECONDS = 5.0  # from one asking to the next, while the doubt lasts
STOPPED = "Watchwright was stopped before it was clear whether that had failed"
HOLD_SECONDS = 15.0  # then a website is said to have failed: an alarm waits no longer for our doubts


@dataclass(slots=True, kw_only=True)
class Held:
    """A failure of which it is still open whose it is."""

    judged: JudgedResult
    witness: Witness
    since: float
    """What others say from then on tells whose it is: the middle of the check, as it may have begun before the loss."""
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Places that were asked all at once whether they can be heard."""

    began_at: float
    witnesses: Sequence[Witness]

    def is_over(self, now: float) -> bool:
        """Whether they had time to answer."""
        return now >= self.began_at + COUNT_SECONDS

    def says(self) -> Origin:
        """Whose failure it is, once it is over."""
        heard = sum(one.reached_at is not None and one.reached_at >= self.began_at for one in self.witnesses)
        return Origin.OURS if 2 * heard < len(self.witnesses) else Origin.THEIRS


class Doubts:
    """Passes results on, as they are or as UNKNOWN; all times in seconds on one monotonic clock."""

    def __init__(
        self,
        keep: Callable[[JudgedResult], None],
        ask: Callable[[Sequence[int]], None],
        *,
        ask_canaries: Callable[[], None] | None = None,
        no_route_reason: Callable[[str | None], str | None] = routing.no_route_reason,
    ) -> None:
        """*ask* has websites checked soon; *ask_canaries* the canaries, which alone decide where there are some."""
        self._keep, self._ask, self._ask_canaries = keep, ask, ask_canaries
        self.resting: Collection[int] = ()  # websites in maintenance: their silence says nothing of our network
        self._witnesses: dict[int, Witness] = {}
        self._own_failures: set[int] = set()
        """Websites whose present failure is known to be their own."""
        self._held: list[Held] = []
        self._outages = Outages(no_route_reason)
        self._asked_at = float("-inf")
        self._counts: dict[Scope, Count] = {}
        """The latest of each scope."""
        self._canaries: tuple[float, bool] | None = None
        """When the canaries were last asked, and whether any was heard."""

    @property
    def trouble(self) -> str | None:
        """What is to be said on every page; None while our own network is not in doubt."""
        outages = self._outages.lasting
        if not outages:
            return None
        more = f" (and {len(outages) - 1} more like it)" if len(outages) > 1 else ""
        return (
            f"Our own network is down: {outages[0].reason}{more}. Until it is back, no website is called down for it."
        )

    @property
    def is_busy(self) -> bool:
        """Whether `look` has anything to do."""
        return bool(self._held or self._outages.lasting)

    def forget_all_but(self, website_ids: Iterable[int]) -> None:
        """Only these bear witness from now on: the others are paused or gone."""
        kept = set(website_ids)
        self._witnesses = {key: witness for key, witness in self._witnesses.items() if key in kept}
        self._own_failures &= kept

    def forget(self, website_id: int) -> None:
        """Leave out what was found of a website, which is asked otherwise from now on."""
        self._held = [held for held in self._held if held.judged.website_id != website_id]
        self._witnesses.pop(website_id, None)
        self._own_failures.discard(website_id)

    def take(self, judged: JudgedResult, host: str, *, began_at: float, ended_at: float) -> None:
        """Pass *judged* on, or hold it until it is clear whose failure it tells of."""
        website_id = judged.website_id
        witness = self._witnesses.setdefault(website_id, Witness(website_id=website_id))
        said = witness.note(judged.result, host, began_at=began_at, ended_at=ended_at)
        self._attend(witness, said, ended_at)
        if judged.verdict.status is not MonitorStatus.DOWN or not self._may_be_ours(judged, witness, said):
            self._keep(judged)
        elif (outage := self._outages.of(self._scope(witness), witness, said)) is not None:
            outage.fallen.add(website_id)
            self._keep(_unsaid(judged, outage.reason))
        elif said is Contact.SILENT and (reason := self._outages.ended_after(began_at)) is not None:
            self._keep(_unsaid(judged, reason))
            self._ask([website_id])
        elif website_id in self._own_failures or said is Contact.INCONCLUSIVE or not self._can_ask(witness.scope):
            self._keep(judged)
        else:
            since, until = (began_at + ended_at) / 2, ended_at + HOLD_SECONDS
            self._held.append(Held(judged=judged, witness=witness, since=since, until=until))
            self.look(ended_at)

    def take_canaries(self, is_any_heard: bool, *, began_at: float, now: float) -> None:
        """Take in what the canaries said that were asked at *began_at*."""
        self._canaries = (began_at, is_any_heard)
        if is_any_heard:
            self._begin_anew(self._outages.end(self._outages.scopes, now))
        self.look(now)

    def look(self, now: float) -> None:
        """Decide what can be decided, and ask around while something cannot."""
        self._begin_anew(self._outages.end_where_there_is_a_way(now))
        for held in self._held[:]:
            if held not in self._held:
                continue  # decided together with another one
            whose = self._origin(held, now)
            if whose is Origin.OURS:
                self._begin(held)
            elif whose is Origin.THEIRS or held.until <= now:
                self._release(held)
        if (self._held or self._outages.scopes) and now - self._asked_at >= ASK_SECONDS:
            self._asked_at = now
            self._ask_around()

    def stop(self) -> None:
        """Pass on what is still held: whose failure it was is not known."""
        for held in self._held:
            self._keep(_unsaid(held.judged, STOPPED))
        self._held.clear()

    def _may_be_ours(self, judged: JudgedResult, witness: Witness, said: Contact) -> bool:
        if self._ask_canaries is not None:
            return judged.result.error is not None
        return said is not Contact.REACHED and witness.scope is not Scope.MACHINE

    def _scope(self, witness: Witness) -> Scope:
        """The scope that is judged with this website: canaries speak for all."""
        return witness.scope if self._ask_canaries is None else Scope.PUBLIC

    def _can_ask(self, scope: Scope) -> bool:
        return self._ask_canaries is not None or can_be_judged(self._in(scope))

    def _in(self, scope: Scope) -> Iterable[Witness]:
        there = (witness for witness in self._witnesses.values() if witness.scope is scope)
        return (one for one in there if one.silent_since is None or one.website_id not in self.resting)

    def _origin(self, held: Held, now: float) -> Origin:
        if self._ask_canaries is None:
            whose = origin(self._in(held.witness.scope), held.since)
            return self._counted(held, now) if whose is Origin.OURS else whose
        if self._canaries is None or self._canaries[0] < held.since:
            return Origin.UNDECIDED
        return Origin.THEIRS if self._canaries[1] else Origin.OURS

    def _counted(self, held: Held, now: float) -> Origin:
        """What a count says that began after *held* fell silent; one at a time, so that it is seldom made."""
        scope = held.witness.scope
        count = self._counts.get(scope)
        if count is not None and not count.is_over(now):
            return Origin.UNDECIDED
        if count is None or count.began_at < held.since:
            left_out = {*self._own_failures, *self.resting}
            there = (one for one in self._in(scope) if one.website_id not in left_out)
            count = self._counts[scope] = Count(began_at=now, witnesses=sample(there, COUNTED))
            self._ask([witness.website_id for witness in count.witnesses])
            return Origin.UNDECIDED
        return count.says()

    def _begin(self, first: Held) -> None:
        scope = self._scope(first.witness)
        outage = self._outages.begin(scope, self._reason(first.witness.scope))
        for held in [held for held in self._held if self._scope(held.witness) is scope]:
            self._held.remove(held)
            outage.fallen.add(held.judged.website_id)
            self._keep(_unsaid(held.judged, outage.reason))

    def _reason(self, scope: Scope) -> str:
        if self._ask_canaries is not None:
            return "no canary answers"
        there = list(self._in(scope))
        silent = sum(witness.silent_since is not None for witness in there)
        return f"{silent} of {len(there)} websites fell silent within moments"

    def _attend(self, witness: Witness, said: Contact, now: float) -> None:
        """Take note of whether the network is back."""
        website_id = witness.website_id
        if said is Contact.REACHED:
            self._own_failures.discard(website_id)
        if self._ask_canaries is None:
            is_resting = website_id in self.resting
            self._begin_anew(self._outages.attend(witness, said, now, is_resting=is_resting))

    def _begin_anew(self, ended: Iterable[Outage]) -> None:
        """Ask those again of which our own network let us know nothing; whoever is silent after this is so anew."""
        for outage in ended:
            for website_id in outage.fallen & self._witnesses.keys():
                witness = self._witnesses[website_id]
                witness.silent_since = witness.silent_at = None
            self._ask(sorted(outage.fallen))

    def _release(self, held: Held) -> None:
        self._held.remove(held)
        self._own_failures.add(held.judged.website_id)
        self._keep(held.judged)

    def _ask_around(self) -> None:
        if self._ask_canaries is not None:
            self._ask_canaries()
            return
        held = {one.judged.website_id for one in self._held}
        for scope in {*self._outages.scopes, *(one.witness.scope for one in self._held)}:
            self._ask(panel([witness for witness in self._in(scope) if witness.website_id not in held], ASKED))


def _unsaid(judged: JudgedResult, reason: str) -> JudgedResult:
    """*judged* as a check that says nothing of its website, and why."""
    sentence = f"Our own network: {reason}, so this says nothing of the website. {judged.verdict.reason or ''}".strip()
    unknown = Verdict(status=MonitorStatus.UNKNOWN, reason=sentence, kind=OWN_NETWORK)
    return replace(judged, verdict=unknown)
