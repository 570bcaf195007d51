"""Matches monthly reports of a configuration with stored ones, because reports have no names. Pure."""

from collections.abc import Sequence
from itertools import count

from core.configuration.objects import Present, Wanted, report_name


def match_reports(wanted: Sequence[Wanted], present: dict[str, Present], file: str) -> dict[str, Present]:
    """Return *present*, each under the key of the *wanted* report that it matches, or a free key.

    A report matches if it has the same tag and recipients, or else if it is the first one of the tag that *file*
    manages. Reports of other owners to other recipients are not matched, whatever their tag.
    """
    left = list(present.values())
    found: dict[str, Present] = {}
    for is_own, is_alike in ((True, True), (False, True), (True, False)):
        for item in wanted:
            meant = next(
                (candidate for candidate in left if _is_match(item, candidate, file if is_own else None, is_alike)),
                None,
            )
            if item.key not in found and meant is not None:
                found[item.key] = meant
                left.remove(meant)
    taken = {item.key for item in wanted}
    for other in left:
        name = report_name(other.fields["tag"])
        names = (name if number == 1 else f"{name} ({number})" for number in count(1))
        found[next(key for key in names if key not in taken and key not in found)] = other
    return found


def _is_match(wanted: Wanted, present: Present, file: str | None, is_alike: bool) -> bool:
    """Whether the tags are equal, with *is_alike* also the recipients, and with *file* also the managing file."""
    if file is not None and present.managed_by != file:
        return False
    names = ("tag", "recipients") if is_alike else ("tag",)
    return all(wanted.fields[name] == present.fields[name] for name in names)
