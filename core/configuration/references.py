"""Finds references of a configuration to what does not exist, is no mailbox, or depends on itself. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from core.configuration.objects import Contents, Problem, Wanted, website_key
from core.models import ChannelKind
from core.schemas.url import display_url

BY_MAIL = {"report": "A monthly report is sent", "status_page": "Subscribers are notified"}
"""Kinds of objects that need an e-mail channel, and what for."""


def wrong_references(wanted: Mapping[str, Sequence[Wanted]], present: Contents) -> Iterator[Problem]:
    """Yield what is wrong with the references of the *wanted* objects, by kind, given what is *present* already."""
    known = {kind: present[kind].keys() | {item.key for item in wanted[kind]} for kind in ("website", "channel")}
    yield from _unknown_parents(wanted["website"], known["website"])
    yield from _circles(wanted["website"], present)
    for item in (*wanted["maintenance"], *wanted["rule"], *wanted["report"], *wanted["status_page"]):
        for name, keys in known.items():
            reference = item.fields.get(name)
            if reference is not None and reference not in keys:
                yield (*item.path, name), _unknown(name, reference)
    yield from _no_mailboxes(wanted, present)
    for page in wanted["status_page"]:
        named = [key for group in page.fields["groups"] for key in group["websites"]]
        yield from (((*page.path, "groups"), _unknown("website", key)) for key in named if key not in known["website"])


def _unknown_parents(websites: Sequence[Wanted], known: Collection[str]) -> Iterator[Problem]:
    shown = {display_url(key) for key in known}
    for website in websites:
        parent = website.fields.get("depends_on")
        if parent is not None and display_url(website_key(parent)) not in shown:
            yield (*website.path, "depends_on"), _unknown("website", parent)


def _circles(websites: Sequence[Wanted], present: Contents) -> Iterator[Problem]:
    """Yield websites that depend on themselves: if all of such a ring were down, no failure would be reported."""
    given = {key: row.fields for key, row in present["website"].items()} | {item.key: item.fields for item in websites}
    parents = {
        display_url(key): display_url(website_key(fields["depends_on"]))
        for key, fields in given.items()
        if fields.get("depends_on")
    }
    for website in websites:
        own = display_url(website.key)
        behind = [own]
        while (parent := parents.get(behind[-1])) and parent not in behind:
            behind.append(parent)
        if parent == own:
            yield (*website.path, "depends_on"), f"{own} would depend on itself."


def _no_mailboxes(wanted: Mapping[str, Sequence[Wanted]], present: Contents) -> Iterator[Problem]:
    kinds = {key: row.fields["kind"] for key, row in present["channel"].items()}
    kinds |= {item.key: item.fields["kind"] for item in wanted["channel"]}
    for kind, who in BY_MAIL.items():
        for item in wanted[kind]:
            channel = item.fields["channel"]
            if kinds.get(channel, ChannelKind.EMAIL) != ChannelKind.EMAIL:
                yield (*item.path, "channel"), f"{who} by e-mail, but {channel} is not an e-mail channel."


def _unknown(kind: str, reference: str) -> str:
    return f"There is no {kind} {reference} in the database or in this file."
