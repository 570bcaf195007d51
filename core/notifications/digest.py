"""Composes one message about many websites that fail or recover together. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from core.models import NotificationEvent
from core.notifications.message import (
    SEVERITIES,
    Message,
    MessageFacts,
    display_name,
    duration_text,
    incidents_of,
    payload,
)
from core.phrases import isolated

LASTED = re.compile(r" after (?:less than )?[\d.,]+ m?s\b")
MAX_LISTED = 20  # websites that a digest names


def digest(many: Sequence[MessageFacts], link: str, acknowledge: str | None = None) -> Message:
    """Compose one message about *many* websites with the same event: down, still down or up again.

    Args:
        many: The content for each website.
        link: Where to see all of them.
        acknowledge: The address that acknowledges all of them.
    """
    is_up = many[0].event is NotificationEvent.UP
    common, agreeing = ("", []) if is_up else _common_cause(many)
    many = [*(facts for facts in many if facts not in agreeing), *agreeing]  # exceptions first
    taking = [f"Acknowledge all: {acknowledge}"] if acknowledge else []
    over = incidents_of([facts for facts in many if facts.is_over])
    incidents = (over if is_up else ()) or incidents_of(many)
    return Message(
        title=f"{len(many)} websites {_verb(many)}",
        text="\n".join([*([] if is_up else [common]), *_lines(many, agreeing), link, *taking]),
        payload={
            "event": many[0].event.lower(),
            "websites": [payload(facts) for facts in many],
            "link": link,
            "acknowledge": acknowledge,
        },
        follows=incidents[0] if len(incidents_of(many)) == 1 else None,
        incidents=incidents,
        ends_incidents=bool(over),
        severity=SEVERITIES.get(many[0].event, "warning"),
    )


def _lines(many: Sequence[MessageFacts], agreeing: Sequence[MessageFacts]) -> Iterator[str]:
    """Yield a line for each website, up to `MAX_LISTED`; the *agreeing* ones without their common cause."""
    bearers = Counter(display_name(facts) for facts in many)
    for facts in many[:MAX_LISTED]:
        name = isolated(display_name(facts) if bearers[display_name(facts)] == 1 else f"{facts.website} ({facts.url})")
        cause = f"down for {duration_text(facts)}" if facts.event is NotificationEvent.UP else isolated(facts.cause)
        yield f"• {name}{_since(facts)}" + ("" if facts in agreeing else f": {cause}")
    if len(many) > MAX_LISTED:
        yield f"and {len(many) - MAX_LISTED} more"


def _verb(many: Sequence[MessageFacts]) -> str:
    """Return the verb of the title; failures that have ended before the message is sent are counted as back."""
    if many[0].event is NotificationEvent.UP:
        return "are back"
    if many[0].event is NotificationEvent.REMINDER:
        return "are still down"
    back = sum(facts.until is not None for facts in many)
    if back in (0, len(many)):
        return "were down" if back else "are down"
    return f"went down, {back} {'is' if back == 1 else 'are'} back"


def _since(facts: MessageFacts) -> str:
    """Return the text after a name: how long the website has been down, or was."""
    if facts.event is NotificationEvent.REMINDER:
        return f", for {duration_text(facts)}"
    is_back = facts.event is NotificationEvent.DOWN and facts.until is not None
    return f" (back after {duration_text(facts)})" if is_back else ""


def _common_cause(many: Sequence[MessageFacts]) -> tuple[str, Sequence[MessageFacts]]:
    """Return the most frequent cause in a sentence, and the websites that share it.

    Compares causes literally, then without the host and the time, then the last checks' errors, which are known before
    the evidence.
    """
    causes = [facts.cause for facts in many]
    symptoms = [facts.symptom or facts.cause for facts in many]
    best: tuple[str, list[MessageFacts]] = ("", [])
    for texts in (causes, _without_specifics(many, causes), _without_specifics(many, symptoms)):
        words, count = Counter(texts).most_common(1)[0]
        if count > len(best[1]):
            best = (words, [facts for facts, text in zip(many, texts, strict=True) if text == words])
    words, agreeing = best
    if len(agreeing) * 2 <= len(many):
        return "The causes differ.", []
    return f"{'All' if len(agreeing) == len(many) else f'{len(agreeing)} of them'} report: {isolated(words)}", agreeing


def _without_specifics(many: Sequence[MessageFacts], texts: Sequence[str]) -> list[str]:
    """Return the texts without the parts that differ per website: its host, and the time until it failed."""
    hosts = [urlsplit(facts.url).hostname for facts in many]
    return [
        LASTED.sub("", text.replace(host, "the host") if host else text)
        for host, text in zip(hosts, texts, strict=True)
    ]
