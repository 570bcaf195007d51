"""Addresses as browsers must ask for them, below the path that a reverse proxy serves us at."""

from contextlib import suppress

from nicegui import ui


def prefixed(address: str) -> str:
    """*address*, which begins with a slash, for what NiceGUI does not prefix by itself: only its own links are."""
    with suppress(RuntimeError):  # of a client that nobody's request made
        return f"{ui.context.client.request.scope.get('root_path', '')}{address}"
    return address
