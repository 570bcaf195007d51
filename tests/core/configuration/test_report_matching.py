"""Monthly reports are matched by tag and recipients, and reports of others are not taken over."""

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.errors import UnusableConfiguration
from core.services import MonthlyReportCRUD
from tests.core.configuration.test_apply import DOCUMENT, actions, applied
from tests.core.services.test_monthly_report import make_report


def of_reports(*reports: dict[str, Any]) -> dict[str, Any]:
    given = deepcopy({name: DOCUMENT[name] for name in ("name", "channels") if name in DOCUMENT})
    return given | {"monthly_reports": [{"channel": "Mail"} | one for one in reports]}


def stored(db: Session) -> list[tuple[str | None, list[str], str | None]]:
    db.expire_all()
    return [(one.tag, one.recipients, one.managed_by) for one in MonthlyReportCRUD.get_all(db)[0]]


def test_an_unmanaged_report_is_not_changed(store: Session) -> None:
    make_report(store, recipients=["boss@example.org"])

    applied(store, of_reports({"recipients": ["ada@example.org"]}))

    assert stored(store) == [(None, ["boss@example.org"], None), (None, ["ada@example.org"], "shop")]


def test_a_report_with_equal_recipients_is_matched(store: Session) -> None:
    make_report(store, recipients=["ada@example.org"], timezone="UTC")

    done = applied(store, of_reports({"recipients": ["ada@example.org"], "timezone": "Europe/Berlin"}))

    assert actions(done)[-1] == ("change", "report", "all websites")
    assert stored(store) == [(None, ["ada@example.org"], "shop")]


def test_a_tag_called_all_websites_is_not_the_report_of_all_websites(store: Session) -> None:
    ada, bob = {"recipients": ["ada@example.org"]}, {"recipients": ["bob@example.org"], "tag": "All websites"}
    applied(store, of_reports(ada, bob))

    done = applied(store, of_reports(bob, ada))

    assert done.steps == []
    assert stored(store) == [(None, ["ada@example.org"], "shop"), ("all websites", ["bob@example.org"], "shop")]


def test_two_files_manage_separate_reports(store: Session) -> None:
    applied(store, of_reports({"recipients": ["ada@example.org"]}))
    other = of_reports({"recipients": ["eve@example.org"]}) | {"name": "other", "channels": []}

    applied(store, other)

    assert [(to, file) for _tag, to, file in stored(store)] == [
        (["ada@example.org"], "shop"),
        (["eve@example.org"], "other"),
    ]
    with pytest.raises(UnusableConfiguration, match="is managed by the configuration shop"):
        applied(store, of_reports({"recipients": ["ada@example.org"]}) | {"name": "other", "channels": []})
