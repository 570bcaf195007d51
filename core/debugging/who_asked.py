"""Who asked for something, as `NetworkEvent.target` names it. Pure."""

from core.debugging.cdp.connection import CdpSession, Params


def who_asked(session: CdpSession, params: Params | None = None) -> str:
    """The target that *session* is attached to, or a frame of it, where *params* of a request name one."""
    page = session.target
    if page.type != "page":
        return page.type
    if params and params.get("frameId", page.id) != page.id:
        return "iframe"  # which the page's own process shows
    return "popup" if page.opener_id else "page"
