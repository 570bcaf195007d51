"""Measure how often the first finding names the true cause, with staged failures and healthy websites on loopback.

Each website is checked, looked at and opened in a browser while it works. Then it is broken and examined again, and
the stored evidence is diagnosed as in production. ``python -m benchmarks.diagnosis [--part 1/4] [NAME …]``
"""

import argparse
import asyncio
import os
import ssl
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy.orm import Session

from benchmarks._answer_failures import ANSWER_FAILURES
from benchmarks._application_failures import APPLICATION_FAILURES, OFFER_ENDED
from benchmarks._breaking import Breaker, Names
from benchmarks._delivery_failures import DELIVERY_FAILURES
from benchmarks._ending import cleaned_up
from benchmarks._failures import HEALTHY, NETWORK_FAILURES, TIME_LIMIT_SECONDS, Failure
from benchmarks._framework_failures import FRAMEWORK_FAILURES
from benchmarks._front_failures import FRONT_FAILURES, FRONT_HEALTHY, WORK
from benchmarks._healthy import HEALTHY_ONES
from benchmarks._later_failures import LATER_FAILURES
from benchmarks._page_failures import PAGE_FAILURES
from benchmarks._policy_failures import POLICY_FAILURES
from benchmarks._provider_failures import HARMLESS_CHANGES, PROVIDER_FAILURES
from benchmarks._quiet_failures import QUIET_FAILURES
from benchmarks._replaced_failures import ANNOUNCED, REPLACED_FAILURES
from benchmarks._stage import Authority, Reply, Stage
from core import database, signals
from core.config import Settings
from core.database import in_session
from core.debugging.session import DebugSessions
from core.diagnosis.limits import Limits
from core.diagnosis.look import LookRunner
from core.diagnosis.store_findings import diagnose_window
from core.models import Finding, MonitorStatus, SessionTrigger
from core.monitoring.downtime import Confirmation
from core.monitoring.judged_result import JudgedResult
from core.monitoring.probe import Prober, ProbeTarget
from core.monitoring.record import record
from core.monitoring.verdict import Policy, judge
from core.schemas import WebsiteCreate
from core.schemas.check_options import CheckOptions
from core.schemas.session_options import SessionOptions
from core.services import DebugSessionCRUD, FindingCRUD, WebsiteCRUD
from core.workers import evidence_store

SESSION_TIMEOUT_SECONDS = 60
FAILURES = (
    *NETWORK_FAILURES,
    *ANSWER_FAILURES,
    *PAGE_FAILURES,
    *POLICY_FAILURES,
    *QUIET_FAILURES,
    *DELIVERY_FAILURES,
    *LATER_FAILURES,
    *FRAMEWORK_FAILURES,
    *APPLICATION_FAILURES,
    *PROVIDER_FAILURES,
    *FRONT_FAILURES,
    *REPLACED_FAILURES,
)
HARMLESS = (*HARMLESS_CHANGES, ANNOUNCED, OFFER_ENDED)
HEALTHY_WEBSITES = HEALTHY_ONES | FRONT_HEALTHY
SESSION = SessionOptions(ignore_certificate_errors=False, has_filmstrip=False)
NO_RETRIES = Confirmation(retries=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The findings about one website, and the kinds that would be right."""

    name: str
    truth: tuple[str, ...]
    found: list[Finding]

    @property
    def first(self) -> Finding | None:
        return self.found[0] if self.found else None

    @property
    def alarms(self) -> list[Finding]:
        """The findings above a note."""
        return [finding for finding in self.found if finding.confidence != "note"]

    @property
    def is_right(self) -> bool:
        return self.first is not None and self.first.kind in self.truth


class Director:
    """Stages websites one after the other and diagnoses them."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._names = Names()
        self._authority = Authority(folder)
        self._breaker = Breaker(self._authority, self._names)
        self._other = Stage(server="widgets")
        self._prober = Prober(resolver=self._names)
        self._looker = LookRunner(resolver=self._names)
        self._sessions = DebugSessions(settings)
        self._has_changed = asyncio.Event()
        self._ports: set[int] = set()

    @asynccontextmanager
    async def ready(self) -> AsyncIterator[None]:
        """Run the shared parts (third-party server, prober, looker, sessions) during the block."""
        await self._other.open(host="localhost")
        self._other.replies = {
            "/widget.js": Reply(body="window.widget = 1", kind="text/javascript"),
            "/broken.js": Reply(status=503),
            "/items": Reply(body="[]", kind="application/json"),
            "/open": Reply(body="[]", kind="application/json", headers={"Access-Control-Allow-Origin": "*"}),
            "/login": Reply(body="<form><input type=password></form>"),
            "/framed": Reply(body="<p>Widget", headers={"X-Frame-Options": "DENY"}),
            "/never.js": Reply(wait_seconds=60),
            "/refused.js": Reply(body="console.error('Maps error: ExpiredKeyMapError')", kind="text/javascript"),
            "/busy.js": Reply(body=f"{WORK} work(2500)", kind="text/javascript"),
            "/throws.js": Reply(body="setTimeout(() => nobody.home, 5)", kind="text/javascript"),
            "/open.js": Reply(body="1", kind="text/javascript", headers={"Access-Control-Allow-Origin": "*"}),
        }
        disconnect = signals.session_changed.connect(lambda _fact: self._has_changed.set())
        async with self._prober, self._looker:
            try:
                yield
            finally:
                disconnect()
                await self._sessions.close()
                await self._other.close()

    async def diagnose_failure(self, failure: Failure) -> Diagnosis:
        """Examine a website while it works, break it, examine it again, and return the findings."""
        stage = Stage()
        is_tls = failure.way.startswith(("tls", "https"))
        await self._open(stage, self._authority.context() if is_tls else None)
        host = "localhost" if is_tls else "moved.localhost" if "moved" in failure.way else "127.0.0.1"
        host = "no-such-website.invalid" if "name" in failure.way or "resolver" in failure.way else host
        host = "slow.localhost" if failure.way == "slow DNS" else host
        url = f"{'https' if is_tls else 'http'}://{host}:{stage.port}/"
        self._names.addresses = {host: "127.0.0.1"} if "moved" in failure.way else {}
        # Nothing trusts the stage's root certificate, so checks do not verify it while the website works.
        good = failure.options.model_copy(update={"verify_tls": not is_tls})
        website_id = await self._website(url, good, failure.timeout_seconds)
        stage.replies = self._replies({**HEALTHY, **failure.healthy})
        if not ("name" in failure.way or "resolver" in failure.way):
            await self._gather(website_id, SessionTrigger.BASELINE, ignore_tls=is_tls)
        undo = await self._breaker.break_down(failure.way, stage)
        stage.replies = self._replies({**HEALTHY, **failure.healthy, **failure.replies})
        verifies = failure.way.startswith("tls") and failure.way != "tls soon"
        await in_session(_set_options, website_id, good.model_copy(update={"verify_tls": verifies}))
        trigger = SessionTrigger.MANUAL if failure.is_session_alone else SessionTrigger.FAILURE
        window_id, session_id = await self._gather(
            website_id,
            trigger,
            ignore_tls=is_tls and not verifies,
            time_limit_seconds=failure.time_limit_seconds,
        )
        undo()
        await stage.close()
        self._names.addresses, self._names.delay_seconds = {}, 0.0
        found = await in_session(_found, None if failure.is_session_alone else window_id, session_id)
        return Diagnosis(name=failure.name, truth=failure.truth, found=found)

    async def diagnose_healthy(self, name: str, replies: Mapping[str, Reply]) -> Diagnosis:
        """Open a healthy website twice (the first session has no baseline), and return the findings."""
        stage = Stage()
        await self._open(stage)
        stage.replies = self._replies({**HEALTHY, **replies})
        website_id = await self._website(f"http://127.0.0.1:{stage.port}/", CheckOptions(), 10)
        found: list[Finding] = []
        for _ in range(2):
            _window, session_id = await self._gather(website_id, SessionTrigger.MANUAL)
            found += await in_session(_found, None, session_id)
        await stage.close()
        return Diagnosis(name=name, truth=(), found=found)

    async def _open(self, stage: Stage, tls: ssl.SSLContext | None = None) -> None:
        """Open *stage* on a port that no earlier website had: with the same URL it would be the same website."""
        await stage.open(tls)
        while stage.port in self._ports:
            await stage.close()
            await stage.open(tls)
        self._ports.add(stage.port)

    def _replies(self, replies: Mapping[str, Reply]) -> dict[str, Reply]:
        other = str(self._other.port)
        return {
            path: replace(
                reply,
                body=reply.body.replace("{other}", other),
                headers={name: value.replace("{other}", other) for name, value in reply.headers.items()},
            )
            for path, reply in replies.items()
        }

    async def _website(self, url: str, options: CheckOptions, timeout_seconds: float) -> int:
        data = WebsiteCreate.model_validate(
            {"url": url, "timeout": timeout_seconds, "check_options": options.model_dump(mode="json")}
        )
        return await in_session(_create, data)

    async def _gather(
        self,
        website_id: int,
        trigger: SessionTrigger,
        *,
        ignore_tls: bool = False,
        time_limit_seconds: float = TIME_LIMIT_SECONDS,
    ) -> tuple[int | None, int]:
        """Check, look and record a session as the workers do; return the ids of the open window and the session."""
        plan = await in_session(evidence_store.plan, website_id, trigger, Limits(cooldown_seconds=0))
        assert plan is not None and plan.target is not None
        options = plan.target.options
        target = ProbeTarget(url=plan.target.url, timeout_seconds=plan.target.timeout_seconds, options=options)
        result = await self._prober.probe(target)
        verdict = judge(result, Policy().of(target.url, options))
        (recorded,) = await in_session(
            record, [JudgedResult(website_id=website_id, result=result, verdict=verdict)], NO_RETRIES
        )
        window_id = recorded.window_id
        if verdict.status is MonitorStatus.DEGRADED:
            window_id = None
        wanted = replace(plan, check_id=recorded.check_id, window_id=window_id)
        chosen = SESSION.model_copy(
            update={"ignore_certificate_errors": ignore_tls, "time_limit_seconds": time_limit_seconds}
        )
        session_id = await self._sessions.start(
            website_id, options=chosen, trigger=trigger, window_id=window_id, check_id=recorded.check_id
        )
        began = perf_counter()
        await in_session(evidence_store.keep_look, wanted, await self._looker.look(plan.target), began)
        self._has_changed.clear()  # before reading the state, so that a signal in between is not lost
        while not await in_session(_has_ended, session_id):
            await asyncio.wait_for(self._has_changed.wait(), SESSION_TIMEOUT_SECONDS)
            self._has_changed.clear()
        await in_session(evidence_store.update_session, session_id, self._settings.certificate_days)
        if window_id is not None:
            await in_session(diagnose_window, window_id, self._settings.certificate_days)
        return window_id, session_id


def _has_ended(db: Session, session_id: int) -> bool:
    session = DebugSessionCRUD.get_by_id(db, session_id)
    return session is not None and session.completed_at is not None


def _create(db: Session, data: WebsiteCreate) -> int:
    return WebsiteCRUD.create(db, data).id


def _set_options(db: Session, website_id: int, options: CheckOptions) -> None:
    website = WebsiteCRUD.get_by_id(db, website_id)
    assert website is not None
    website.check_options = options.model_dump(mode="json")


def _found(db: Session, window_id: int | None, session_id: int) -> list[Finding]:
    if window_id is not None:
        return FindingCRUD.get_by_window(db, window_id)[0]
    return FindingCRUD.get_by_session(db, session_id)[0]


async def measure(
    failures: Sequence[Failure], changes: Sequence[Failure], healthy: Mapping[str, Mapping[str, Reply]]
) -> int:
    """Diagnose all websites, and return the number of wrong results."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WATCHWRIGHT_DATA_DIR"] = folder
        settings = Settings.load()
        engine = database.make_engine(settings.store_url)
        database.upgrade(engine)
        database.bind(engine)
        evidence_store.LOOK_PAUSE = timedelta()  # the website is broken immediately after its first look
        director = Director(settings, Path(folder))
        async with director.ready():
            broken = [await director.diagnose_failure(failure) for failure in failures]
            fine = [await director.diagnose_failure(change) for change in changes]
            fine += [await director.diagnose_healthy(name, site) for name, site in healthy.items()]
        engine.dispose()
    return _print(broken, fine)


def _print(broken: list[Diagnosis], fine: list[Diagnosis]) -> int:
    print("| failure | first finding | right |\n| --- | --- | --- |")
    for outcome in broken:
        first = (
            f"{outcome.first.kind} ({outcome.first.confidence}): {outcome.first.sentence}"
            if outcome.first
            else "nothing"
        )
        print(f"| {outcome.name} | {first.replace('|', '/')} | {'yes' if outcome.is_right else 'NO'} |")
    right = sum(outcome.is_right for outcome in broken)
    sure = [
        outcome for outcome in broken if not outcome.is_right and outcome.first and outcome.first.confidence == "high"
    ]
    print(
        f"\nThe first finding names the cause in {right} of {len(broken)}; {len(sure)} are wrong with high confidence."
    )
    quiet = [outcome for outcome in fine if not outcome.alarms]
    print(f"Of {len(fine)} healthy websites {len(fine) - len(quiet)} have a finding above a note.")
    for outcome in fine:
        for finding in outcome.alarms:
            print(f"  {outcome.name}: {finding.kind} ({finding.confidence}) {finding.sentence}")
    return len(broken) - right + len(fine) - len(quiet)


@cleaned_up()
def main() -> int:
    """Return exit code 0 if every first finding is right and no healthy website has one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these failures and healthy websites")
    parser.add_argument("--part", default="1/1", metavar="I/N", help="only every Nth, starting with the Ith")
    given = parser.parse_args()
    known = {failure.name for failure in (*FAILURES, *HARMLESS)} | HEALTHY_WEBSITES.keys()
    if unknown := set(given.names) - known:
        parser.error(f"There is no failure or healthy website named {', '.join(sorted(unknown))}.")
    first, _of, every = given.part.partition("/")
    chosen = slice(int(first) - 1, None, int(every))
    failures = [failure for failure in FAILURES if not given.names or failure.name in given.names][chosen]
    changes = [change for change in HARMLESS if not given.names or change.name in given.names][chosen]
    healthy = [named for named in HEALTHY_WEBSITES.items() if not given.names or named[0] in given.names][chosen]
    return 1 if asyncio.run(measure(failures, changes, dict(healthy))) else 0


if __name__ == "__main__":
    sys.exit(main())
