"""Addresses as browsers must ask for them, below the path that a reverse proxy serves us at."""

from nicegui import ui


def below(address: str) -> str:
    """*address*, which begins with a slash, for what NiceGUI does not prefix by itself: only its own links are."""
    request = ui.context.client.request
    return f"{request.scope.get('root_path', '') if request else ''}{address}"
