"""One message about many websites that fail, or are back, together. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from core.models import NotificationEvent
from core.notifications.message import TONES, Facts, Message, called, incidents_of, lasted, payload

LASTED = re.compile(r" after (?:less than )?[\d.,]+ m?s\b")
LISTED = 20  # websites that a digest names


def digest(many: Sequence[Facts], link: str, acknowledge: str | None = None) -> Message:
    """One message about *many* websites that went down together, are still down, or came back together.

    Args:
        many: What each is about.
        link: Where to look.
        acknowledge: The address by which all of them are taken up.
    """
    is_up = many[0].event is NotificationEvent.UP
    common, agreeing = ("", []) if is_up else _common(many)
    many = [*(one for one in many if one not in agreeing), *agreeing]  # what is by itself is seen first
    taking = [f"Take them up: {acknowledge}"] if acknowledge else []
    over = incidents_of([facts for facts in many if facts.is_over])
    incidents = (over if is_up else ()) or incidents_of(many)
    return Message(
        title=f"{len(many)} websites {_how(many)}",
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
        tone=TONES.get(many[0].event, "warning"),
    )


def _lines(many: Sequence[Facts], agreeing: Sequence[Facts]) -> Iterator[str]:
    """A line for each website, up to `LISTED`; those that are *agreeing* have their cause in common, said elsewhere."""
    bearers = Counter(called(facts) for facts in many)
    for one in many[:LISTED]:
        name = called(one) if bearers[called(one)] == 1 else f"{one.website} ({one.url})"
        cause = f"down for {lasted(one)}" if one.event is NotificationEvent.UP else one.cause
        yield f"• {name}{_since(one)}" + ("" if one in agreeing else f": {cause}")
    if len(many) > LISTED:
        yield f"and {len(many) - LISTED} more"


def _how(many: Sequence[Facts]) -> str:
    """How they are; of failures that were back by the time they are told that is not said."""
    if many[0].event is NotificationEvent.UP:
        return "are back"
    if many[0].event is NotificationEvent.REMINDER:
        return "are still down"
    back = sum(one.until is not None for one in many)
    if back in (0, len(many)):
        return "were down" if back else "are down"
    return f"went down, {back} of them {'is' if back == 1 else 'are'} back"


def _since(facts: Facts) -> str:
    """What follows a name: for how long it has been down, or was."""
    if facts.event is NotificationEvent.REMINDER:
        return f", for {lasted(facts)}"
    is_back = facts.event is NotificationEvent.DOWN and facts.until is not None
    return f" (back after {lasted(facts)})" if is_back else ""


def _common(many: Sequence[Facts]) -> tuple[str, Sequence[Facts]]:
    """What most say, in a sentence, and who does: the very same cause, one that differs in the host, or else what their
    checks say, which is known before their evidence is.
    """
    causes = [facts.cause for facts in many]
    symptoms = [facts.symptom or facts.cause for facts in many]
    best: tuple[str, list[Facts]] = ("", [])
    for said in (causes, _alike(many, causes), _alike(many, symptoms)):
        words, count = Counter(said).most_common(1)[0]
        if count > len(best[1]):
            best = (words, [facts for facts, one in zip(many, said, strict=True) if one == words])
    words, agreeing = best
    if len(agreeing) * 2 <= len(many):
        return "They fail for different reasons.", []
    return f"{'All' if len(agreeing) == len(many) else f'{len(agreeing)} of them'} say: {words}", agreeing


def _alike(many: Sequence[Facts], said: Sequence[str]) -> list[str]:
    """What is *said*, without what is of each website alone: its host, and after how long it failed."""
    hosts = [urlsplit(facts.url).hostname for facts in many]
    return [
        LASTED.sub("", one.replace(host, "the host") if host else one) for host, one in zip(hosts, said, strict=True)
    ]
