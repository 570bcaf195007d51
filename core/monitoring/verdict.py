"""Judges a probe's result, expectation by expectation. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

import orjson

from core.clock import BUILT
from core.models import MonitorStatus
from core.monitoring.answer import Answer
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.probe import ProbeResult
from core.monitoring.secrets import excerpt, secrets_of
from core.monitoring.transfer import REDIRECTS
from core.phrases import utc_minute
from core.schemas.check_options import DEFAULTS, CheckOptions
from core.schemas.patterns import status_ranges

NOT_MODIFIED = 304


class Expectation(StrEnum):
    """The kind of an expectation, for programs. An unmet one becomes `MonitorCheck.error_kind`."""

    STATUS = "status"
    HTTP_VERSION = "http_version"
    HEADER = "header"
    BODY = "body"
    JSON = "json"
    CERTIFICATE = "certificate"
    RESPONSE_TIME = "response_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The expectations that a website must meet to be UP."""

    options: CheckOptions = DEFAULTS
    certificate_days: int = 14
    """A certificate that expires sooner makes a website DEGRADED, unless the website's options set another limit.
    0 turns this warning off."""
    url: str = ""
    """The website's URL, as stored. Its credentials are masked in messages."""

    def of(self, url: str, options: CheckOptions) -> Self:
        """Return the policy of one website."""
        # Runs once per check; `replace` would take three times as long.
        return type(self)(options=options, certificate_days=self.certificate_days, url=url)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetExpectation:
    """An expectation that an answer did not meet."""

    expectation: Expectation
    status: MonitorStatus
    """The resulting status: DOWN or DEGRADED."""
    sentence: str
    """The expected and the actual value, bounded and without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    status: MonitorStatus
    reason: str | None
    """Why, in sentences: which expectations failed, and the actual values; None if UP."""
    kind: str | None = None
    """The kind of the first failure, for programs: a `ProbeErrorKind` or an `Expectation`; None if UP."""
    unmet: tuple[UnmetExpectation, ...] = field(default=())
    """The expectations that failed, those that mean DOWN first."""


def judge(result: ProbeResult, policy: Policy | None = None) -> Verdict:
    """Return the status of *result* under *policy*, with the reason."""
    policy = policy or Policy()
    if result.error is not None:
        return _failed(result, result.error)
    found = sorted(_unmet(result, policy), key=lambda unmet: unmet.status is not MonitorStatus.DOWN)
    if not found:
        return Verdict(status=MonitorStatus.UP, reason=None)
    return Verdict(
        status=found[0].status,
        reason=" ".join(unmet.sentence for unmet in found),
        kind=found[0].expectation,
        unmet=tuple(found),
    )


def _failed(result: ProbeResult, error: str) -> Verdict:
    """Return the verdict on an incomplete answer.

    A certificate that is "not yet valid" is UNKNOWN while this machine's clock is wrong, such as after a boot in 1970.
    """
    if result.error_kind is not ProbeErrorKind.TLS_NOT_YET_VALID or result.started_at >= BUILT:
        return Verdict(status=MonitorStatus.DOWN, reason=error, kind=result.error_kind)
    reason = f"This machine's clock is wrong ({result.started_at:%Y-%m-%d}), so this check is not counted. {error}"
    return Verdict(status=MonitorStatus.UNKNOWN, reason=reason, kind=result.error_kind)


def _unmet(result: ProbeResult, policy: Policy) -> Iterator[UnmetExpectation]:
    yield from _status(result, policy)
    yield from _certificate(result, policy)
    yield from _slowness(result, policy)
    if policy.options is DEFAULTS:
        return
    yield from _version(result, policy)
    secrets = secrets_of(policy.url, policy.options)
    yield from _headers(result, policy.options, secrets)
    if policy.options.reads_body:
        answer = Answer.of(result, secrets)
        yield from _body(answer, policy.options)
        yield from _json(answer, policy.options)


def _status(result: ProbeResult, policy: Policy) -> Iterator[UnmetExpectation]:
    if (fault := status_fault(result.http_status_code, policy.options)) is not None:
        yield _down(Expectation.STATUS, f"The server returned status {result.http_status_code}{fault}.")


def status_fault(status: int | None, options: CheckOptions) -> str | None:
    """Return what is wrong with an answer of *status*, as the rest of a sentence; None if it is accepted."""
    accepted = options.accepted_statuses
    if not any(status in codes for codes in _ranges(accepted)):
        return f"; expected {accepted.replace('-', ' to ').replace(',', ', ')}"
    if accepted != DEFAULTS.accepted_statuses:
        return None
    if status in REDIRECTS and options.follow_redirects:  # a complete redirect would have been followed
        return ", a redirect without a Location header"
    if status == NOT_MODIFIED and not any(name.lower().startswith("if-") for name in options.headers):
        return " (Not Modified) to a request without conditions"
    return None


@lru_cache(maxsize=1_024)
def _ranges(accepted: str) -> tuple[range, ...]:
    return status_ranges(accepted)


VERSIONS = {"1.0": "http/1.0", "1.1": "http/1.1", "2": "h2", "3": "h3"}


def _version(result: ProbeResult, policy: Policy) -> Iterator[UnmetExpectation]:
    wanted = VERSIONS.get(policy.options.http_version)
    if wanted is not None and result.http_version != wanted:
        came = result.http_version or "an unknown version"
        yield _down(Expectation.HTTP_VERSION, f"The server responded in {came}; expected {wanted}.")


def _headers(result: ProbeResult, options: CheckOptions, secrets: tuple[str, ...]) -> Iterator[UnmetExpectation]:
    for name, wanted in options.header_equals.items():
        values = [value for header, value in result.headers if header == name.lower()]
        if wanted in values:
            continue
        came = f"it is {excerpt(', '.join(values), secrets)!r}" if values else "there is none"
        expected = f"The header {name} should be {excerpt(wanted, secrets)!r}"
        yield _down(Expectation.HEADER, f"{expected}; {came}.")


def _body(answer: Answer, options: CheckOptions) -> Iterator[UnmetExpectation]:
    if options.body_contains is not None and not answer.contains(options.body_contains):
        yield _down(Expectation.BODY, f"The body should contain {answer.quote(options.body_contains)}; {answer.words}.")
    if options.body_excludes is not None and answer.contains(options.body_excludes):
        words = answer.around(options.body_excludes)
        yield _down(Expectation.BODY, f"The body should not contain {answer.quote(options.body_excludes)}; {words}.")
    if options.body_matches is not None and not answer.matches(options.body_matches):
        yield _down(Expectation.BODY, f"The body should match {answer.quote(options.body_matches)}; {answer.words}.")


def _json(answer: Answer, options: CheckOptions) -> Iterator[UnmetExpectation]:
    if not options.json_equals:
        return
    try:
        document = answer.json()
    except ValueError:
        yield _down(Expectation.JSON, f"The body should be JSON; {answer.words}.")
        return
    for expected in options.json_equals:
        came = answer.unlike(document, expected.path, expected.equals)
        if came is not None:
            wanted = answer.quote(_as_json(expected.equals))
            yield _down(Expectation.JSON, f"{answer.quote(expected.path)} should be {wanted}; {came}.")


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _certificate(result: ProbeResult, policy: Policy) -> Iterator[UnmetExpectation]:
    expires_at = result.certificate_expires_at
    if expires_at is None:
        return
    min_days = policy.options.min_certificate_days
    min_days = policy.certificate_days if min_days is None else min_days
    left = expires_at - result.started_at
    when = utc_minute(expires_at)
    if left <= timedelta():  # happens only if TLS is not verified: libcurl rejects expired certificates
        yield _down(Expectation.CERTIFICATE, f"The certificate expired on {when}.")
    elif left < timedelta(days=min_days):
        sentence = (
            f"The certificate expires on {when}, in less than {left.days + 1} days; expected at least {min_days}."
            if left.days
            else f"The certificate expires within a day, on {when}; expected at least {min_days} days."
        )
        yield UnmetExpectation(expectation=Expectation.CERTIFICATE, status=MonitorStatus.DEGRADED, sentence=sentence)


def _slowness(result: ProbeResult, policy: Policy) -> Iterator[UnmetExpectation]:
    limit_ms = policy.options.max_response_ms
    if limit_ms is not None and result.response_time_ms > limit_ms:
        yield UnmetExpectation(
            expectation=Expectation.RESPONSE_TIME,
            status=MonitorStatus.DEGRADED,
            sentence=too_slow(result.response_time_ms, limit_ms),
        )


def too_slow(response_ms: float, limit_ms: float) -> str:
    """Return the message for an answer that took longer than *limit_ms*."""
    return f"The response took {response_ms:.0f} ms; the limit is {limit_ms:.0f} ms."


def _down(expectation: Expectation, sentence: str) -> UnmetExpectation:
    return UnmetExpectation(expectation=expectation, status=MonitorStatus.DOWN, sentence=sentence)
