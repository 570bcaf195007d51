"""Classifies the request of CDP's ``Network.requestWillBeSent``. Pure."""

from core.debugging.cdp.connection import CdpSession, Params

FETCHED_SCHEMES = ("http:", "https:", "data:", "blob:", "file:", "ftp:", "about:", "view-source:")
WORKERS = ("worker", "shared_worker", "service_worker")


def resource_type_of(session: CdpSession, params: Params) -> str | None:
    """Return CDP's resource type in lower case, or ``preflight``; None if the browser gives no type."""
    initiator = (params.get("initiator") or {}).get("type")
    if initiator == "preflight":
        return "preflight"
    kind = str(params.get("type") or "").lower() or None
    # Only `importScripts` has type "other" in a worker.
    return "script" if kind == "other" and initiator == "script" and session.target.type in WORKERS else kind


def is_of_viewer(params: Params) -> bool:
    """Whether the browser's own PDF viewer sent the request: it "opens" the file again, from memory, in its frame."""
    document = str(params.get("documentURL"))
    return document.startswith("chrome-extension:") and bool(params["requestId"] != params["loaderId"])


def is_for_another_program(params: Params) -> bool:
    """Whether a navigation opens another program (``mailto:``, ``tel:``); the browser fetches nothing for it."""
    return params.get("type") == "Document" and not params["request"]["url"].startswith(FETCHED_SCHEMES)
