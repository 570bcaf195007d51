"""Channels, rules and notifications in words. Pure."""

from core.models import ChannelKind, NotificationEvent, NotificationRule
from core.notifications.message import duration
from core.phrases import counted, listed, spelled

CHANNEL_KINDS = {ChannelKind.APPRISE: "a service", ChannelKind.WEBHOOK: "webhook", ChannelKind.EMAIL: "e-mail"}
EVENT_PHRASES = {
    NotificationEvent.DOWN: "is down",
    NotificationEvent.UP: "is back",
    NotificationEvent.DEGRADED: "is degraded",
    NotificationEvent.FLAPPING: "is flapping",
    NotificationEvent.CERTIFICATE: "has a certificate that expires soon",
    NotificationEvent.SLOW: "is slow",
    NotificationEvent.FINDING: "has evidence of the cause",
    NotificationEvent.BUDGET: "burns its error budget too fast",
    NotificationEvent.SILENT: "is checked by a region that stopped reporting",
    NotificationEvent.HEARD: "is checked by a region that reports again",
    NotificationEvent.EVIDENCE: "has a browser recording of the failure",
    NotificationEvent.REMINDER: "is still down",
    NotificationEvent.UNSTEADY: "fails intermittently",
    NotificationEvent.FAULT: "has a fault found by a debug session",
    NotificationEvent.MENDED: "no longer has a fault",
}
"""What happened to a website, to follow its name."""
IN_RULES = EVENT_PHRASES | {
    NotificationEvent.DOWN: "goes down",
    NotificationEvent.FLAPPING: "flaps",
    NotificationEvent.SILENT: "is checked by a region that stops reporting",
}
"""The same of what a rule waits for."""


def rule_words(rule: NotificationRule) -> str:
    """Say when a rule notifies."""
    parts = [f"when it {listed([IN_RULES[NotificationEvent(event)] for event in rule.events], 'or')}"]
    if rule.after_seconds:
        parts.append(f"once that has lasted {duration(rule.after_seconds)}")
    if rule.unless_acknowledged:
        parts.append("unless acknowledged")
    if rule.cooldown_seconds:
        parts.append(f"at most every {_every(rule.cooldown_seconds)}")
    if rule.remind_seconds:
        parts.append(f"again every {_every(rule.remind_seconds)} until recovery or acknowledgement")
    if rule.quiet_from:
        parts.append(f"not from {rule.quiet_from} to {rule.quiet_until} in {rule.timezone}")
    return ", ".join([*parts, *_limits(rule)])


def _limits(rule: NotificationRule) -> list[str]:
    """Return the limits of the rule's events in words, such as from how many ms on a website is slow."""
    parts = []
    if NotificationEvent.CERTIFICATE in rule.events:
        parts.append(f"within {counted(rule.certificate_days, 'day')}")
    if NotificationEvent.SLOW in rule.events:
        parts.append(f"95th percentile above {rule.slow_ms:,} ms over {counted(rule.slow_minutes, 'minute')}")
    if NotificationEvent.BUDGET in rule.events:
        parts.append(f"of {rule.budget_target:g}%")
    if NotificationEvent.UNSTEADY in rule.events:
        parts.append(f"from {rule.unsteady_percent}% of its last checks on")
    if {NotificationEvent.FINDING, NotificationEvent.FAULT} & set(rule.events) and rule.finding_kinds:
        parts.append(f"of {listed([spelled(kind) for kind in rule.finding_kinds], 'or')}")
    return parts


def _every(seconds: int) -> str:
    """Return ``hour`` or ``2 hours``, to follow "every"."""
    words = duration(seconds)
    return words.removeprefix("1 ") if words.count(" ") == 1 else words
