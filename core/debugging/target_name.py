"""Names the target that sent a request, for `NetworkEvent.target`. Pure."""

from core.debugging.cdp.connection import CdpSession, Params


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
