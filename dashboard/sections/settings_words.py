"""Settings grouped by topic, and the monitor's health, in words. Pure."""

from urllib.parse import urlsplit

from pydantic import SecretStr

from core.config import PREFIX, Settings
from core.phrases import counted
from core.services.workload import Workload
from dashboard.components.tiles import Figure
from dashboard.format import milliseconds

SECTIONS: dict[str, tuple[str, ...]] = {
    "General": (
        "host", "port", "public_url", "trusted_proxies", "data_dir", "database_url", "log_level",
    ),
    "Sign-in": ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_roles_claim", "oidc_roles"),
    "Monitoring": (
        "monitor", "down_retries", "up_confirmations", "retry_seconds", "flapping_changes", "canaries",
        "certificate_days", "allow", "deny", "private_networks",
    ),
    "Retention and storage": ("retention_checks_days",),
    "Redaction": ("redact_names", "secret_key"),
    "Browsers": (
        "browser_executable", "browser_endpoint", "max_browsers", "fleet_browsers", "auto_sessions_per_hour",
        "auto_sessions_per_website", "auto_cooldown_seconds", "baseline_hours", "degraded_evidence_seconds",
        "second_resolver",
    ),
}  # fmt: skip
"""The settings of each section. Others appear under General, or under Retention by their name."""
ALWAYS_MASKED = (
    "Always masked: Authorization, Cookie and Set-Cookie, and every header, parameter, cookie, form field and JSON "
    "field whose name contains password, secret, token, key, credential, session, signature or a similar word. This "
    "covers URLs, headers, bodies, WebSocket frames and console messages. Equal secrets get equal marks."
)
LATE_MS = 1_000.0  # checks that start later than this are marked
UNITS = {"_seconds": "s", "_hours": "h", "_days": "d", "_bytes": "bytes"}


def names_of(section: str) -> list[str]:
    """Return the settings of a section, in order."""
    placed = {name for names in SECTIONS.values() for name in names}
    return [
        *SECTIONS[section],
        *(name for name in Settings.model_fields if name not in placed and section == _of(name)),
    ]


def _of(name: str) -> str:
    return "Retention and storage" if name.startswith("retention") else "General"


def shown(settings: Settings) -> dict[str, str]:
    """Return each setting's value in words, without passwords and keys."""
    return {name: _in_words(name, getattr(settings, name)) for name in Settings.model_fields}


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def description_of(name: str) -> str:
    """Return a setting's description as plain text."""
    return " ".join((Settings.model_fields[name].description or "").replace("``", "").replace("`", "").split())


def load_tiles(load: Workload, trouble: str | None) -> list[Figure]:
    """Return the tiles of the monitor's health: checks per second, their lag, and what waits."""
    waiting = {
        "check": load.overdue,
        "debug session": load.sessions_waiting,
        "notification": load.notifications_waiting,
    }
    queue = ", ".join(counted(count, noun) for noun, count in waiting.items() if count)
    running = f"{counted(load.sessions_running, 'debug session')} running"
    is_late = (load.worst_lag_ms or 0) > LATE_MS
    lag = milliseconds(load.lag_ms).split()
    return [
        Figure(
            label="Monitor",
            value="Trouble" if trouble else "Well",
            note=trouble or "checks made and stored",
            tone="ww-is-down-text" if trouble else "",
        ),
        Figure(
            label="Checks",
            value=_rate(load.checks_per_second),
            unit=" /s",
            note=f"{_rate(load.planned_per_second)} /s planned, last minute",
        ),
        Figure(
            label="Lag",
            value=lag[0],
            unit=f" {lag[1]}" if len(lag) > 1 else "",
            note="no data" if load.lag_ms is None else f"{milliseconds(load.worst_lag_ms)} at worst",
            tone="ww-is-degraded-text" if is_late else "",
            hint="How late checks started, averaged over the last minute",
        ),
        Figure(
            label="Queue",
            value=f"{sum(waiting.values()):,}",
            note=queue or running,
            tone="ww-is-degraded-text" if load.overdue else "",
            hint="Overdue checks, debug sessions waiting for a browser, notifications waiting to be sent",
        ),
    ]


def _rate(per_second: float) -> str:
    return f"{per_second:.2f}" if per_second < 10 else f"{per_second:,.0f}"


def _in_words(name: str, value: object) -> str:
    if isinstance(value, SecretStr):
        return "set, not shown"
    if value is None or value in ("", frozenset()):
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "browser_endpoint":
        return ", ".join(map(_without_password, str(value).split(",")))
    if name == "database_url":
        return _without_password(str(value))
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    unit = next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
    return f"{value:g} {unit}" if unit and isinstance(value, int | float) else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return url if host == parts.netloc else parts._replace(netloc=f"***@{host}").geturl()
