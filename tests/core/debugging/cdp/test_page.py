"""Milestones belong to one document, and layout shifts are summed like in Web Vitals."""

from typing import Any

import orjson
import pytest

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.cdp.page import PageWatch, cumulative_layout_shift
from core.debugging.time_axis import TimeAxis
from tests.core.debugging.session_parts import make_target


async def test_paint_milestones_ignore_later_documents() -> None:
    watch = PageWatch(TimeAxis(), lambda _text: None)

    for at in (1.0, 5.0):
        heard(watch, "Page.frameNavigated", frame={"id": "P"})
        heard(watch, "Page.lifecycleEvent", name="firstContentfulPaint", frameId="P", timestamp=at)
        for later in (0.1, 0.2):
            paint = {"frameId": "P", "time": at + later, "lcpDetails": {"renderTime": at + later}}
            heard(watch, "PerformanceTimeline.timelineEventAdded", event=paint)

    assert watch.milestones == {"first_contentful_paint": 1_000.0, "largest_contentful_paint": 1_200.0}


async def test_the_browsers_own_error_page_has_no_milestones() -> None:
    watch = PageWatch(TimeAxis(), lambda _text: None)

    heard(watch, "Page.frameNavigated", frame={"id": "P", "unreachableUrl": "http://shop.example/"})
    heard(watch, "Page.lifecycleEvent", name="load", frameId="P", timestamp=1.0)
    heard(watch, "PerformanceTimeline.timelineEventAdded", event={"frameId": "P", "time": 2.0, "lcpDetails": {"a": 1}})

    assert watch.loaded.is_set()
    assert watch.shows_error
    assert watch.milestones == {}


@pytest.mark.parametrize(
    ("kind", "accepts", "words"), [("alert", False, "dismissed"), ("beforeunload", True, "accepted")]
)
async def test_a_dialog_is_answered_and_noted(kind: str, accepts: bool, words: str) -> None:
    sent: list[bytes] = []
    notes: list[str] = []
    page = CdpSession(CdpConnection(sent.append), "page", TargetInfo(id="P", type="page"))
    watch = PageWatch(TimeAxis(), notes.append)

    watch.on_event(page, "Page.javascriptDialogOpening", {"type": kind, "message": "Leave?"}, is_main=False)

    assert [orjson.loads(message)["params"] for message in sent] == [{"accept": accepts}]
    assert notes == [f"The page opened a dialog ({kind}), which was {words}: Leave?"]


def heard(watch: PageWatch, method: str, **params: Any) -> None:
    page = make_target(target_id="P")
    watch.on_event(page, method, params, is_main=True)


def test_shifts_in_one_window_are_summed() -> None:
    assert cumulative_layout_shift([(0.0, 0.1), (0.5, 0.05), (1.4, 0.05)]) == 0.2


def test_the_worst_window_counts() -> None:
    assert cumulative_layout_shift([(0.0, 0.1), (3.0, 0.15), (3.5, 0.1), (9.0, 0.2)]) == 0.25


def test_a_window_lasts_five_seconds_at_most() -> None:
    shifts = [(second * 0.9, 0.1) for second in range(8)]

    assert cumulative_layout_shift(shifts) == 0.6


def test_cls_without_shifts_is_zero() -> None:
    assert cumulative_layout_shift([]) == 0.0
