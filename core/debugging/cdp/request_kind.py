"""Classifies requests by the CDP events of the Network domain: what they load, and which target sent them. Pure."""

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


def target_name(session: CdpSession, params: Params | None = None) -> str:
    """Return the type of target that sent a request: page, popup, iframe or a kind of worker.

    *params* of the request's CDP event tell a frame from its page where both share *session*.
    """
    page = session.target
    if page.type != "page":
        return page.type
    if params and params.get("frameId", page.id) != page.id:
        return "iframe"  # one that runs in the page's own process
    return "popup" if page.opener_id else "page"


def is_of_viewer(params: Params) -> bool:
    """Whether the browser's own PDF viewer sent the request: it "opens" the file again, from memory, in its frame."""
    document = str(params.get("documentURL"))
    return document.startswith("chrome-extension:") and bool(params["requestId"] != params["loaderId"])


def is_no_request(params: Params) -> bool:
    """Whether the browser fetches nothing: it opens another program (``mailto:``), or draws its own error page."""
    if params.get("type") == "Document":
        return not params["request"]["url"].startswith(FETCHED_SCHEMES)
    return str(params.get("documentURL")).startswith("chrome-error:")
