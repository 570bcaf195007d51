"""Adds the path prefix of a reverse proxy to our URLs."""

from contextlib import suppress

from nicegui import ui


def prefixed(address: str) -> str:
    """Return *address* with the path prefix we are served below. NiceGUI does this only for its own links."""
    with suppress(RuntimeError):  # a client without a request
        return f"{ui.context.client.request.scope.get('root_path', '')}{address}"
    return address
