"""Renders a downtime window as a post-mortem: Markdown to paste, HTML to keep. Pure."""

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence

from core.debugging.waterfall import Exchange
from core.models import NotificationState, SessionArtifact, SessionTrigger
from core.phrases import utc_second
from dashboard.format import milliseconds
from dashboard.html_templates import templates
from dashboard.queries.downtime_window import WindowState
from dashboard.queries.notifications import NotificationWords
from dashboard.reports.session_report import end_of, lines, style
from dashboard.words.debug_session import TRIGGER_WORDS
from dashboard.words.finding import CONFIDENCE

SENT, FAILED = NotificationState.SENT, NotificationState.FAILED
# The report may be forwarded, so it must not load or run anything that was captured.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
MAX_REQUESTS = 60  # requests in the report, starting a little before the failing one
BEFORE_IT = 10
# Characters that are markup anywhere in a line. Markup at a line's start cannot occur here.
SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
PHASES = (
    ("DNS", "dns_time_ms"),
    ("Connect", "connect_time_ms"),
    ("TLS", "tls_time_ms"),
    ("Waiting", "ttfb_ms"),
    ("Download", "download_time_ms"),
    ("Total", "response_time_ms"),
)


def to_markdown(state: WindowState, link: str) -> str:
    """Return the window as Markdown. Captured text is escaped."""
    return "\n".join(_markdown(state, link)) + "\n"


def to_html(
    state: WindowState, link: str, *, good: SessionArtifact | None = None, bad: SessionArtifact | None = None
) -> str:
    """Return the window as one HTML page without scripts and external files; *good* and *bad* are screenshots."""
    shown = _around(state.failing_rows, state.failing_row)
    pictures = [("The last good session", good), ("While it was failing", bad)]
    return templates.get_template("postmortem.html").render(
        state=state,
        link=link,
        policy=POLICY,
        utc=utc_second,
        phases=phases(state),
        timeline=list(timeline(state)),
        confidence=CONFIDENCE,
        pictures=[(words, _data_url(picture)) for words, picture in pictures if picture is not None],
        lines=lines(shown),
        end=milliseconds(end_of(shown)),
        left_out=len(state.failing_rows) - len(shown),
        **style(),
    )


def _around(exchanges: Sequence[Exchange], row: str | None) -> Sequence[Exchange]:
    at = next((position for position, exchange in enumerate(exchanges) if exchange.exchange_id == row), 0)
    start = max(min(at - BEFORE_IT, len(exchanges) - MAX_REQUESTS), 0)
    return exchanges[start : start + MAX_REQUESTS]


def _data_url(picture: SessionArtifact) -> str | None:
    """Return a data URL; None if the artifact is not a picture."""
    if not picture.is_picture:
        return None
    return f"data:{picture.mime_type};base64,{b64encode(picture.data).decode()}"


def phases(state: WindowState) -> list[tuple[str, str, str]]:
    """Return each phase with its time in the last good and the first failing check."""
    pairs = [
        (
            name,
            *(milliseconds(getattr(check, field) if check else None) for check in (state.last_good, state.first_bad)),
        )
        for name, field in PHASES
    ]
    return [(name, good, bad) for name, good, bad in pairs]


def timeline(state: WindowState) -> Iterator[tuple[str, str]]:
    """Yield the events, oldest first, as UTC times and words."""
    events = [(state.window.started_at, "The first check failed.")]
    if state.last_good is not None:
        events.append((state.last_good.checked_at, "The last good check."))
    for session in state.sessions:
        how = TRIGGER_WORDS[session.trigger or SessionTrigger.MANUAL]
        events.append((session.started_at, f"Debug session {session.id} was {how}."))
    events += [
        (notification.at, _notification_sentence(notification))
        for notification in state.notifications
        if notification.state in (SENT, FAILED)
    ]
    events += [
        (update.created_at, f"{update.author} wrote for status pages ({update.stage}): {update.text}")
        for update in state.updates
    ]
    if state.window.acknowledged_at is not None:
        events.append((state.window.acknowledged_at, f"{state.window.acknowledged_by} acknowledged it."))
    if state.window.ended_at is not None:
        how = "It was paused." if state.window.ended_in_pause else "The first good check: it was back."
        events.append((state.window.ended_at, how))
    yield from ((utc_second(at), words) for at, words in sorted(events))


def _notification_sentence(notification: NotificationWords) -> str:
    if notification.state is SENT:
        return f"{notification.channel} was notified: {notification.what}."
    return f"{notification.channel} was not notified: {notification.what}. {notification.answer or ''}".rstrip()


def _markdown(state: WindowState, link: str) -> Iterator[str]:
    yield f"# {_plain(state.website.name)}: down for {state.lasted}"
    yield ""
    yield f"{_plain(state.opening)} {_plain(state.cause)}"
    yield ""
    yield f"Details: {link}"
    yield from ("", "## Timeline", "")
    yield from (f"- {at}: {_plain(words)}" for at, words in timeline(state))
    if state.findings:
        yield from ("", "## Findings", "")
        for finding in state.findings:
            surely = CONFIDENCE.get(finding.confidence, finding.confidence).lower()
            yield f"- {_plain(finding.sentence)} *({surely})* {_plain(finding.why)}"
    yield from ("", "## Phases", "", "| phase | last good check | first failing check |", "| --- | --- | --- |")
    yield from (f"| {name} | {good} | {bad} |" for name, good, bad in phases(state))
    if state.differences:
        yield from ("", "## Compared with the last good session", "")
        yield from (f"- {_plain(sentence)}" for sentence in state.differences)
    if state.window.notes:
        yield from ("", "## Notes", "")
        yield from (f"> {_plain(line)}".rstrip() for line in state.window.notes.splitlines())


def _plain(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
