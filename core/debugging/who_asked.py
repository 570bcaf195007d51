"""Who asked for something, as `NetworkEvent.target` names it. Pure."""

from typing import Any

from core.debugging.cdp.connection import CdpSession


def who_asked(session: CdpSession, params: dict[str, Any] | None = None) -> str:
    """The target that *session* is attached to, or a frame where *params*, of a request, is to bring its document."""
    page = session.target
    if page.type != "page":
        return page.type
    if params and params.get("type") == "Document" and params.get("frameId", page.id) != page.id:
        return "iframe"  # which the page's own process may show
    return "popup" if page.opener_id else "page"
