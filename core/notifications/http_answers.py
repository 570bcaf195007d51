"""Reads the answers of HTTP servers, and observes those to libraries that do not report them, such as Apprise."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any

OF_CONTENT = (400, 409, 413, 422)  # RFC 9110, 15.5: the server does not accept what this one request contains
LOST_ANSWERS = (502, 504)  # RFC 9110, 15.6: a gateway has passed the request on, but got no valid answer
SECONDS = re.compile(r"[0-9]{1,9}")

_kept: ContextVar["list[HttpAnswer] | None"] = ContextVar("kept", default=None)
_install_lock = Lock()
_installed: list[bool] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What a server answered to one request."""

    status: int
    retry_after: str
    """The header Retry-After; "" without one."""

    @property
    def is_refusal(self) -> bool:
        """Whether the server certainly did not do what it was asked for."""
        return self.status >= 400 and self.status not in LOST_ANSWERS


@contextmanager
def http_answers() -> Iterator[list[HttpAnswer]]:
    """Yield a list that receives each answer to the library requests, within the block and its context."""
    with _install_lock:
        if not _installed:
            _install()
            _installed.append(True)
    answers: list[HttpAnswer] = []
    before = _kept.set(answers)
    try:
        yield answers
    finally:
        _kept.reset(before)


def retry_after_seconds(value: str, now: datetime) -> float:
    """Return how many seconds a Retry-After header asks to wait at *now* (RFC 9110, 10.2.3); 0 for an invalid one.

    *value* is a number of seconds, or a date, which may be past.
    """
    wanted = value.strip()
    if SECONDS.fullmatch(wanted):
        return float(wanted)
    try:
        moment = parsedate_to_datetime(wanted)
    except (ValueError, IndexError, OverflowError):
        return 0.0
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)


def _install() -> None:
    """Extend requests, whose functions make a session of their own for each request and offer no hook."""
    from requests import Response, Session

    send = Session.send

    def observed(self: Session, *args: Any, **given: Any) -> Response:
        answer = send(self, *args, **given)
        if (kept := _kept.get()) is not None:
            kept.append(HttpAnswer(status=answer.status_code, retry_after=answer.headers.get("Retry-After", "")))
        return answer

    Session.send = observed  # type: ignore[method-assign]
