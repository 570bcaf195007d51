"""What kind of request CDP's ``Network.requestWillBeSent`` tells of. Pure."""

from core.debugging.cdp.connection import CdpSession, Params

FETCHED_SCHEMES = ("http:", "https:", "data:", "blob:", "file:", "ftp:", "about:", "view-source:")
WORKERS = ("worker", "shared_worker", "service_worker")


def resource_type_of(session: CdpSession, params: Params) -> str | None:
    """CDP's resource type in lower case, ``preflight``, or None where the browser tells none."""
    initiator = (params.get("initiator") or {}).get("type")
    if initiator == "preflight":
        return "preflight"
    kind = str(params.get("type") or "").lower() or None
    # `importScripts`: all else that a worker asks for has a type of its own.
    return "script" if kind == "other" and initiator == "script" and session.target.type in WORKERS else kind


def is_for_another_program(params: Params) -> bool:
    """Whether a page leads to what no browser fetches (``mailto:``, ``tel:``): the console tells what became of it."""
    return params.get("type") == "Document" and not params["request"]["url"].startswith(FETCHED_SCHEMES)
