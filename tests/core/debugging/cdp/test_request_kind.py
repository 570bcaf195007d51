"""Requests of pages and workers are classified."""

from typing import Any

import pytest

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.cdp.request_kind import is_no_request, resource_type_of, target_name
from tests.core.debugging.session_parts import make_target


@pytest.mark.parametrize(
    ("target", "params", "kind"),
    [
        ("page", {"type": "Document"}, "document"),
        ("page", {"type": "Other", "initiator": {"type": "script"}}, "other"),
        ("page", {"type": "Fetch", "initiator": {"type": "preflight"}}, "preflight"),
        ("page", {}, None),
        ("service_worker", {"type": "Other", "initiator": {"type": "script"}}, "script"),
        ("worker", {"type": "Fetch", "initiator": {"type": "script"}}, "fetch"),
    ],
)
async def test_requests_keep_cdps_type_and_imports_of_workers_become_scripts(
    target: str, params: dict[str, Any], kind: str | None
) -> None:
    session = make_target(target)

    assert resource_type_of(session, params) == kind


@pytest.mark.parametrize(
    ("kind", "url", "is_so"),
    [("Document", "mailto:a@b.example", True), ("Document", "about:srcdoc", False), ("Script", "htps://a/b.js", False)],
)
def test_mailto_and_tel_open_another_program(kind: str, url: str, is_so: bool) -> None:
    assert is_no_request({"type": kind, "request": {"url": url}}) is is_so


@pytest.mark.parametrize(
    ("target", "frame", "asked"),
    [
        (TargetInfo(id="P", type="page"), "P", "page"),
        (TargetInfo(id="P", type="page"), None, "page"),
        (TargetInfo(id="P", type="page"), "F", "iframe"),
        (TargetInfo(id="P", type="page", opener_id="O"), "P", "popup"),
        (TargetInfo(id="F", type="iframe"), "F", "iframe"),
        (TargetInfo(id="W", type="worker"), None, "worker"),
    ],
    ids=["page", "of no frame", "a frame in the page's process", "popup", "a frame in another process", "worker"],
)
async def test_the_target_is_named_by_its_type_and_the_frame(target: TargetInfo, frame: str | None, asked: str) -> None:
    session = CdpSession(CdpConnection(lambda _data: None), "1", target)

    assert target_name(session, {"type": "Fetch"} | ({"frameId": frame} if frame else {})) == asked
