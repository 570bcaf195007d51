"""Compares a configuration with the store and returns the necessary steps. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from core.configuration.objects import KINDS, Contents, Fields, Present, Wanted
from core.configuration.report_matching import match_reports
from core.configuration.wanted import masked_address
from core.errors import UnusableConfiguration
from core.phrases import spelled
from core.schemas.configuration import FieldChange, StepRead
from core.schemas.option_secrets import MASKED, SECRETS_OF
from core.schemas.url import display_url

SECRET = "(a secret)"  # noqa: S105 - a placeholder


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One difference, with the action that resolves it."""

    action: Literal["add", "change", "remove", "keep"]
    kind: str
    name: str
    row_id: int | None
    """None for an object that does not exist yet."""
    before: Fields
    after: Fields
    """Only the changed fields; all fields of a new object."""

    @property
    def shown(self) -> StepRead:
        """The step for people, without secrets."""
        step = StepRead(action=self.action, kind=self.kind, name=self.name)
        if self.action == "change":
            kind = str(self.before.get("kind", ""))
            step.fields = [
                _field_change(name, _masked(name, self.before.get(name), kind), _masked(name, after, kind))
                for name, after in self.after.items()
            ]
        return step


def differ(wanted: dict[str, list[Wanted]], present: Contents, file: str, *, is_pruned: bool) -> list[Step]:
    """Return the steps from *present* to *wanted* in an executable order; *file* is the configuration's name.

    Raises:
        UnusableConfiguration: Another configuration manages a wanted object, or removing a channel would delete a rule
            or report that this configuration does not manage.
    """
    present = {**present, "report": match_reports(wanted["report"], present["report"], file)}
    _refuse_foreign(wanted, present, file)
    made = {kind: _additions_and_changes(kind, wanted[kind], present[kind], file) for kind in KINDS}
    gone = {kind: _removals(kind, wanted[kind], present[kind], file, is_pruned=is_pruned) for kind in KINDS}
    _refuse_loss({step.name for step in gone["channel"] if step.action == "remove"}, wanted, present, file)
    return [
        *gone.pop("status_page"),  # first, because another page may take its domain; nothing refers to pages
        *chain.from_iterable(made.values()),
        *chain.from_iterable(reversed(gone.values())),
    ]


def _additions_and_changes(kind: str, wanted: Iterable[Wanted], present: dict[str, Present], file: str) -> list[Step]:
    steps = []
    for item in wanted:
        there = present.get(item.key)
        if there is None:
            after = item.fields | {"managed_by": file}
            steps.append(Step(action="add", kind=kind, name=item.key, row_id=None, before={}, after=after))
            continue
        before = there.fields | {"managed_by": there.managed_by}
        wants = item.fields | ({} if kind == "tag" else {"managed_by": file})
        after = {name: value for name, value in wants.items() if before.get(name) != value}
        if after:
            steps.append(
                Step(action="change", kind=kind, name=item.key, row_id=there.row_id, before=before, after=after)
            )
    return steps


def _removals(
    kind: str, wanted: Iterable[Wanted], present: dict[str, Present], file: str, *, is_pruned: bool
) -> list[Step]:
    keys = {item.key for item in wanted}
    return [
        Step(action="remove" if is_pruned else "keep", kind=kind, name=key, row_id=row.row_id, before={}, after={})
        for key, row in present.items()
        if row.managed_by == file and key not in keys
    ]


def _refuse_foreign(wanted: dict[str, list[Wanted]], present: Contents, file: str) -> None:
    others = [
        (spelled(kind), item, there.managed_by)
        for kind in KINDS
        for item in wanted[kind]
        if (there := present[kind].get(item.key)) and there.managed_by not in (None, file)
    ]
    message = (
        "The {0} {1} is managed by the configuration {2}. Give this file that name, or remove the {0} from one file."
    )
    problems = [(item.path, message.format(kind, item.key, name)) for kind, item, name in others]
    if problems:
        raise UnusableConfiguration(problems)


def _refuse_loss(channels: set[str], wanted: dict[str, list[Wanted]], present: Contents, file: str) -> None:
    """Refuse to remove one of *channels* if that would delete a rule or report that *file* does not manage."""
    stays = {kind: {item.key for item in wanted[kind]} for kind in ("rule", "report")}
    lost = [
        (row.fields["channel"], spelled(kind), key)
        for kind, wanted_keys in stays.items()
        for key, row in present[kind].items()
        if row.fields["channel"] in channels and row.managed_by != file and key not in wanted_keys
    ]
    message = "The {1} {2}, which is not in this file, uses the channel {0}. Add the channel here, or change the {1}."
    problems = [(("channels",), message.format(*rule)) for rule in lost]
    if problems:
        raise UnusableConfiguration(problems)


def _masked(name: str, value: object, kind: str) -> object:
    if name == "url":
        return display_url(str(value))
    if name == "password":  # the hash of a status page's password
        return MASKED if value else None
    if isinstance(value, dict):
        if name in SECRETS_OF:
            return SECRETS_OF[name].mask(value)
        if name == "address":
            return masked_address(kind, value)
    return value


def _field_change(name: str, before: object, after: object) -> FieldChange:
    if before == after:  # the values differ only in masked secrets
        return FieldChange(name=name, before=SECRET, after=f"another {SECRET}")
    return FieldChange(name=name, before=before, after=after)
