"""The result of a trial check: verdict, failed expectations and phases."""

from nicegui import ui

from core.phrases import sized
from dashboard import theme
from dashboard.actions.trial import Trial
from dashboard.components.elements import badge, status_shape, text
from dashboard.format import milliseconds

PHASES = (
    ("DNS", "dns", "dns_ms"),
    ("Connect", "connect", "connect_ms"),
    ("TLS", "tls", "tls_ms"),
    ("Waiting", "waiting", "ttfb_ms"),
    ("Download", "download", "download_ms"),
)


def trial_view(trial: Trial) -> None:
    """Draw *trial*."""
    result, verdict = trial.result, trial.verdict
    with ui.element("div").classes("ww-trial").props("role=status"):
        with ui.element("div").classes("ww-trial-head"):
            badge(verdict.status, theme.STATUS_WORDS[verdict.status])
            text("span", _answer(trial), "ww-secondary")
        for unmet in verdict.unmet:
            with ui.element("div").classes("ww-unmet"):
                status_shape(unmet.status)
                text("span", unmet.sentence)
        if verdict.reason and not verdict.unmet:
            text("div", verdict.reason, "ww-is-down-text")
        if result.redirects:
            text("div", f"{len(result.redirects)} redirects, to {result.final_url}", "ww-muted ww-breaks")
        _phases(trial)


def _answer(trial: Trial) -> str:
    result = trial.result
    facts = [
        f"{result.http_status_code} {result.http_version or ''}".strip() if result.http_status_code else "no answer",
        milliseconds(result.response_time_ms),
        sized(result.body_bytes) if result.http_status_code else "",
        f"from {result.remote_address}" if result.remote_address else "",
        f"certificate until {result.certificate_expires_at:%-d %b %Y}" if result.certificate_expires_at else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _phases(trial: Trial) -> None:
    spent = [(label, colour, getattr(trial.result, name)) for label, colour, name in PHASES]
    known = [(label, colour, ms) for label, colour, ms in spent if ms is not None]
    whole = sum(ms for _label, _colour, ms in known) or 1.0
    if not known:
        return
    words = ", ".join(f"{label} {milliseconds(ms)}" for label, _colour, ms in known)
    with ui.element("div").classes("ww-trial-bar").props(f'role=img aria-label="{words}"'):
        for _label, colour, ms in known:
            ui.element("i").style(f"flex: {max(ms / whole, 0.004):.4f}; background: var(--ww-phase-{colour})")
    with ui.element("div").classes("ww-legend").props("aria-hidden=true"):
        for label, colour, ms in known:
            ui.element("i").style(f"background: var(--ww-phase-{colour})")
            text("span", f"{label} {milliseconds(ms)}")
