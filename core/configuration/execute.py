"""Executes the steps that make the store match a configuration, in the caller's transaction."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.configuration.difference import Step
from core.configuration.objects import Contents, Fields
from core.errors import InvalidInput, NotFound, require_found
from core.notifications.monthly import complete_month
from core.phrases import spelled
from core.schemas import (
    MaintenanceWindowCreate,
    MaintenanceWindowUpdate,
    TagCreate,
    WebsiteCreate,
    WebsiteUpdate,
)
from core.schemas.monthly_report import MonthlyReportCreate, MonthlyReportUpdate
from core.schemas.notification_channel import NotificationChannelCreate, NotificationChannelUpdate
from core.schemas.notification_rule import NotificationRuleCreate, NotificationRuleUpdate
from core.schemas.status_page import StatusPageCreate, StatusPageUpdate
from core.sealing import Sealer
from core.services import (
    MaintenanceWindowCRUD,
    MonthlyReportCRUD,
    NotificationChannelCRUD,
    NotificationRuleCRUD,
    StatusPageCRUD,
    TagCRUD,
    WebsiteCRUD,
)

REMOVE: dict[str, Any] = {
    "website": WebsiteCRUD.delete,
    "channel": NotificationChannelCRUD.delete,
    "maintenance": MaintenanceWindowCRUD.delete,
    "rule": NotificationRuleCRUD.delete,
    "report": MonthlyReportCRUD.delete,
    "status_page": StatusPageCRUD.delete,
}


def execute(db: Session, steps: Sequence[Step], present: Contents, sealer: Sealer) -> list[tuple[Step, int]]:
    """Execute *steps*; returns each step that changed something with the id of its row."""
    ids = {kind: {key: row.row_id for key, row in there.items()} for kind, there in present.items()}
    done = []
    _free_domains(db, steps)
    for step in steps:
        if step.action == "keep":
            continue
        if step.action == "remove":
            REMOVE[step.kind](db, step.row_id)
            done.append((step, step.row_id or 0))
            continue
        row = _make(db, step, _with_ids(db, step, ids), sealer)
        if "managed_by" in step.after and step.kind != "tag":
            row.managed_by = step.after["managed_by"]
            db.flush()
        ids[step.kind][step.name] = row.id
        done.append((step, row.id))
    return done


def _free_domains(db: Session, steps: Sequence[Step]) -> None:
    """Clear the domains of status pages that get another one, because two pages may exchange theirs."""
    for step in steps:
        if (
            step.kind == "status_page"
            and step.row_id is not None
            and step.before.get("domain")
            and "domain" in step.after
        ):
            with suppress(NotFound):  # `_make` will refuse the step
                StatusPageCRUD.update(db, step.row_id, StatusPageUpdate(domain=None))


def _make(db: Session, step: Step, fields: Fields, sealer: Sealer) -> Any:
    if step.row_id is None:
        return _add(db, step.kind, fields, sealer)
    try:
        return _change(db, step, step.row_id, fields, sealer)
    except NotFound as error:
        kind = spelled(step.kind)
        raise InvalidInput(f"The {kind} {step.name} was deleted in the meantime. Apply the file again.") from error


def _change(db: Session, step: Step, row_id: int, fields: Fields, sealer: Sealer) -> Any:
    match step.kind:
        case "website":
            return require_found(WebsiteCRUD.update(db, row_id, WebsiteUpdate(**fields)), f"website {row_id}")
        case "channel":
            return NotificationChannelCRUD.update(db, row_id, NotificationChannelUpdate(**fields), sealer)
        case "maintenance":
            return MaintenanceWindowCRUD.update(db, row_id, MaintenanceWindowUpdate(**fields))
        case "rule":
            return NotificationRuleCRUD.update(db, row_id, NotificationRuleUpdate(**fields))
        case "report":
            zone = fields.get("timezone") or step.before["timezone"]
            given = MonthlyReportUpdate(**fields)
            return MonthlyReportCRUD.update(db, row_id, given, complete_month(zone, utc_now()))
        case "status_page":
            return StatusPageCRUD.update(db, row_id, StatusPageUpdate(**fields), step.after.get("password"))
    raise AssertionError(step.kind)


def _add(db: Session, kind: str, fields: Fields, sealer: Sealer) -> Any:
    match kind:
        case "tag":
            return TagCRUD.get_by_name(db, fields["name"]) or TagCRUD.create(db, TagCreate(**fields))
        case "website":
            return WebsiteCRUD.create(db, WebsiteCreate(**fields))
        case "channel":
            return NotificationChannelCRUD.create(db, NotificationChannelCreate(**fields), sealer)
        case "maintenance":
            return MaintenanceWindowCRUD.create(db, MaintenanceWindowCreate(**fields))
        case "rule":
            return NotificationRuleCRUD.create(db, NotificationRuleCreate(**fields))
        case "report":
            report = MonthlyReportCreate(**fields)
            return MonthlyReportCRUD.create(db, report, complete_month(report.timezone, utc_now()))
        case "status_page":
            return StatusPageCRUD.create(db, StatusPageCreate(**fields), fields.get("password"))
    raise AssertionError(kind)


def _with_ids(db: Session, step: Step, ids: dict[str, dict[str, int]]) -> Fields:
    """Return the fields of *step* for the CRUD classes: ids in place of names, and without ``managed_by``."""
    given = {name: value for name, value in step.after.items() if name != "managed_by"}
    for name in ("website", "tag", "channel"):
        if name in given and (step.kind, name) != ("report", "tag"):  # a report stores the name of its tag
            reference = given.pop(name)
            given[f"{name}_id"] = None if reference is None else _id_of(db, name, reference, ids)
    if "groups" in given:
        given["groups"] = [
            {
                "name": group["name"],
                "website_ids": [ids["website"][key] for key in group["websites"]],
                "tags": [name for name in group["tags"] if _id_of(db, "tag", name, ids)],
            }
            for group in given["groups"]
        ]
    return given


def _id_of(db: Session, kind: str, key: str, ids: dict[str, dict[str, int]]) -> int:
    if kind == "tag" and key not in ids["tag"]:
        tag = TagCRUD.get_by_name(db, key) or TagCRUD.create(db, TagCreate(name=key))
        ids["tag"][key] = tag.id
    return ids[kind][key]
