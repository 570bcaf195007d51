"""Which monthly reports of the store a configuration means: they have no names. Pure."""

from collections.abc import Sequence
from itertools import count

from core.configuration.contents import Present, report_name
from core.configuration.wanted import Wanted


def known_reports(wanted: Sequence[Wanted], present: dict[str, Present], file: str) -> dict[str, Present]:
    """*present*, each by the key of the *wanted* one that means it, or by one of its own.

    That is one of its tag to the very same people; else, of those that *file* manages, the first of its tag. Another
    person's report to others stays theirs, whatever its tag.
    """
    left = list(present.values())
    found: dict[str, Present] = {}
    for is_own, is_alike in ((True, True), (False, True), (True, False)):
        for one in wanted:
            meant = next((each for each in left if _is_meant(one, each, file if is_own else None, is_alike)), None)
            if one.key not in found and meant is not None:
                found[one.key] = meant
                left.remove(meant)
    taken = {one.key for one in wanted}
    for other in left:
        name = report_name(other.fields["tag"])
        names = (name if number == 1 else f"{name} ({number})" for number in count(1))
        found[next(key for key in names if key not in taken and key not in found)] = other
    return found


def _is_meant(wanted: Wanted, present: Present, file: str | None, is_alike: bool) -> bool:
    """Whether both are of one tag; where *alike*, also to the same people, and where a *file* is given, of that."""
    if file is not None and present.managed_by != file:
        return False
    names = ("tag", "recipients") if is_alike else ("tag",)
    return all(wanted.fields[name] == present.fields[name] for name in names)
