"""Holds back a website's failure until it is clear whether our own network failed instead."""

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

PANEL_SIZE = 5  # other websites to check when one falls silent
SURVEY_SIZE = 50  # places, at most, that are checked before our own network is declared down
SURVEY_SECONDS = 2.0  # for their answers. Websites checked at the same moment fall silent before others answer
ASK_SECONDS = 5.0  # between two rounds of extra checks while a failure is held
STOPPED = "Watchwright was stopped before it was clear whether that had failed"
HOLD_SECONDS = 15.0  # an undecided failure counts as the website's after this time: an alarm must not wait longer


@dataclass(slots=True, kw_only=True)
class HeldFailure:
    """A failed check that is undecided: the website or our own network may be the cause."""

    judged: JudgedResult
    witness: Witness
    since: float
    """Contacts from this time on decide. It is the middle of the check, which may have begun before the outage."""
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A round of checks of many places at once, to see how many can be reached."""

    began_at: float
    witnesses: Sequence[Witness]

    def is_over(self, now: float) -> bool:
        """Return whether all places have had time to answer."""
        return now >= self.began_at + SURVEY_SECONDS

    def says(self) -> Origin:
        """Return whose failure it is; valid once the survey is over."""
        reached = sum(
            witness.reached_at is not None and witness.reached_at >= self.began_at for witness in self.witnesses
        )
        return Origin.OURS if 2 * reached < len(self.witnesses) else Origin.THEIRS


class OwnNetworkGuard:
    """Passes results on, unchanged or as UNKNOWN. All times are seconds on one monotonic clock."""

    def __init__(
        self,
        keep: Callable[[JudgedResult], None],
        ask: Callable[[Sequence[int]], None],
        *,
        ask_canaries: Callable[[], None] | None = None,
        no_route_reason: Callable[[str | None], str | None] = routing.no_route_reason,
    ) -> None:
        """*ask* makes websites due soon. *ask_canaries* probes the canaries; if there are any, they alone decide."""
        self._keep, self._ask, self._ask_canaries = keep, ask, ask_canaries
        self.resting: Collection[int] = ()  # websites in maintenance, whose silence says nothing about our network
        self._witnesses: dict[int, Witness] = {}
        self._own_failures: set[int] = set()
        """Websites whose current failure is known to be their own."""
        self._held: list[HeldFailure] = []
        self._outages = Outages(no_route_reason)
        self._asked_at = float("-inf")
        self._surveys: dict[Scope, Survey] = {}
        """The latest survey of each scope."""
        self._canaries: tuple[float, bool] | None = None
        """When the canaries were last probed, and whether any answered."""

    @property
    def trouble(self) -> str | None:
        """A message for every page about an outage of our own network; None if there is none."""
        outages = self._outages.current
        if not outages:
            return None
        more = f" (and {len(outages) - 1} more like it)" if len(outages) > 1 else ""
        return (
            f"Watchwright's own network is down: {outages[0].reason}{more}. Until it is back, websites are not marked "
            "as down."
        )

    @property
    def is_busy(self) -> bool:
        """Whether `decide` has anything to do. If so, call `decide` every `monitor.DECIDE_SECONDS`."""
        return bool(self._held or self._outages.current)

    def forget_all_but(self, website_ids: Iterable[int]) -> None:
        """Drop all websites but these: the others are paused or deleted."""
        kept = set(website_ids)
        self._witnesses = {key: witness for key, witness in self._witnesses.items() if key in kept}
        self._own_failures &= kept

    def forget(self, website_id: int) -> None:
        """Drop the results of a website whose settings changed."""
        self._held = [held for held in self._held if held.judged.website_id != website_id]
        self._witnesses.pop(website_id, None)
        self._own_failures.discard(website_id)

    def take(self, judged: JudgedResult, host: str, *, began_at: float, ended_at: float) -> None:
        """Pass *judged* on, or hold it until it is clear whose failure it shows."""
        website_id = judged.website_id
        witness = self._witnesses.setdefault(website_id, Witness(website_id=website_id))
        contact = witness.note(judged.result, host, began_at=began_at, ended_at=ended_at)
        self._update_outages(witness, contact, ended_at)
        if judged.verdict.status is not MonitorStatus.DOWN or not self._may_be_ours(judged, witness, contact):
            self._keep(judged)
        elif (outage := self._outages.of(self._scope(witness), witness, contact)) is not None:
            outage.fallen.add(website_id)
            self._keep(_as_unknown(judged, outage.reason))
        elif contact is Contact.SILENT and (reason := self._outages.ended_after(began_at)) is not None:
            self._keep(_as_unknown(judged, reason))
            self._ask([website_id])
        elif website_id in self._own_failures or contact is Contact.INCONCLUSIVE or not self._can_ask(witness.scope):
            self._keep(judged)
        else:
            since, until = (began_at + ended_at) / 2, ended_at + HOLD_SECONDS
            self._held.append(HeldFailure(judged=judged, witness=witness, since=since, until=until))
            self.decide(ended_at)

    def take_canaries(self, is_any_reached: bool, *, began_at: float, now: float) -> None:
        """Process the result of canary probes that began at *began_at*."""
        self._canaries = (began_at, is_any_reached)
        if is_any_reached:
            self._begin_anew(self._outages.end(self._outages.scopes, now))
        self.decide(now)

    def decide(self, now: float) -> None:
        """Decide held failures where possible, and start extra checks while some are undecided."""
        self._begin_anew(self._outages.end_where_there_is_a_way(now))
        for held in self._held[:]:
            if held not in self._held:
                continue  # an earlier iteration decided it
            whose = self._origin(held, now)
            if whose is Origin.OURS:
                self._begin(held)
            elif whose is Origin.THEIRS or held.until <= now:
                self._release(held)
        if (self._held or self._outages.scopes) and now - self._asked_at >= ASK_SECONDS:
            self._asked_at = now
            self._ask_around()

    def stop(self) -> None:
        """Pass on all held failures as UNKNOWN."""
        for held in self._held:
            self._keep(_as_unknown(held.judged, STOPPED))
        self._held.clear()

    def _may_be_ours(self, judged: JudgedResult, witness: Witness, contact: Contact) -> bool:
        if self._ask_canaries is not None:
            return judged.result.error is not None
        return contact is not Contact.REACHED and witness.scope is not Scope.MACHINE

    def _scope(self, witness: Witness) -> Scope:
        """Return the scope that this website is judged by. Canaries decide for all scopes together."""
        return witness.scope if self._ask_canaries is None else Scope.PUBLIC

    def _can_ask(self, scope: Scope) -> bool:
        return self._ask_canaries is not None or can_be_judged(self._witnesses_in(scope))

    def _witnesses_in(self, scope: Scope) -> Iterable[Witness]:
        there = (witness for witness in self._witnesses.values() if witness.scope is scope)
        return (witness for witness in there if witness.silent_since is None or witness.website_id not in self.resting)

    def _origin(self, held: HeldFailure, now: float) -> Origin:
        if self._ask_canaries is None:
            whose = origin(self._witnesses_in(held.witness.scope), held.since)
            return self._survey_result(held, now) if whose is Origin.OURS else whose
        if self._canaries is None or self._canaries[0] < held.since:
            return Origin.UNDECIDED
        return Origin.THEIRS if self._canaries[1] else Origin.OURS

    def _survey_result(self, held: HeldFailure, now: float) -> Origin:
        """Return the result of a survey that began after *held* failed. One survey runs at a time per scope."""
        scope = held.witness.scope
        survey = self._surveys.get(scope)
        if survey is not None and not survey.is_over(now):
            return Origin.UNDECIDED
        if survey is None or survey.began_at < held.since:
            left_out = {*self._own_failures, *self.resting}
            there = (witness for witness in self._witnesses_in(scope) if witness.website_id not in left_out)
            survey = self._surveys[scope] = Survey(began_at=now, witnesses=sample(there, SURVEY_SIZE))
            self._ask([witness.website_id for witness in survey.witnesses])
            return Origin.UNDECIDED
        return survey.says()

    def _begin(self, first: HeldFailure) -> None:
        scope = self._scope(first.witness)
        outage = self._outages.begin(scope, self._reason(first.witness.scope))
        for held in [held for held in self._held if self._scope(held.witness) is scope]:
            self._held.remove(held)
            outage.fallen.add(held.judged.website_id)
            self._keep(_as_unknown(held.judged, outage.reason))

    def _reason(self, scope: Scope) -> str:
        if self._ask_canaries is not None:
            return "no canary responds"
        there = list(self._witnesses_in(scope))
        silent = sum(witness.silent_since is not None for witness in there)
        return f"{silent} of {len(there)} websites stopped responding at the same time"

    def _update_outages(self, witness: Witness, contact: Contact, now: float) -> None:
        """Update the outages with a contact, which may show that the network is back."""
        website_id = witness.website_id
        if contact is Contact.REACHED:
            self._own_failures.discard(website_id)
        if self._ask_canaries is None:
            is_resting = website_id in self.resting
            self._begin_anew(self._outages.update(witness, contact, now, is_resting=is_resting))

    def _begin_anew(self, ended: Iterable[Outage]) -> None:
        """Check again all websites that an outage made UNKNOWN. Their earlier silence no longer counts."""
        for outage in ended:
            for website_id in outage.fallen & self._witnesses.keys():
                witness = self._witnesses[website_id]
                witness.silent_since = witness.silent_at = None
            self._ask(sorted(outage.fallen))

    def _release(self, held: HeldFailure) -> None:
        self._held.remove(held)
        self._own_failures.add(held.judged.website_id)
        self._keep(held.judged)

    def _ask_around(self) -> None:
        if self._ask_canaries is not None:
            self._ask_canaries()
            return
        held = {failure.judged.website_id for failure in self._held}
        for scope in {*self._outages.scopes, *(failure.witness.scope for failure in self._held)}:
            self._ask(
                panel([witness for witness in self._witnesses_in(scope) if witness.website_id not in held], PANEL_SIZE)
            )


def _as_unknown(judged: JudgedResult, reason: str) -> JudgedResult:
    """Return *judged* as an UNKNOWN check with the reason."""
    why = f"Watchwright's own network failed: {reason}, so this check is not counted."
    sentence = f"{why} {judged.verdict.reason or ''}".strip()
    unknown = Verdict(status=MonitorStatus.UNKNOWN, reason=sentence, kind=OWN_NETWORK)
    return replace(judged, verdict=unknown)
