"""Sends a message to one of the services that the library Apprise knows."""

import logging
from typing import Any

from core.errors import NotDelivered
from core.notifications.message import Message
from core.schemas.notification_channel import AppriseAddress

UNKNOWN = "Apprise knows no service of this URL, or it lacks a part; see https://github.com/caronc/apprise/wiki."


def notify(address: AppriseAddress, message: Message) -> str:
    """Send *message* and return what the library says of it; blocks.

    Raises:
        NotDelivered: The URL names no service, or the service did not take it; with the library's own words.
    """
    import apprise  # 15 MB that only who notifies this way needs

    to = _service(address.url)
    if to is None:
        raise NotDelivered(UNKNOWN)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        is_sent = to.notify(
            title=message.title,
            body=message.text,
            body_format=apprise.NotifyFormat.TEXT,
            attach=_attachment(message) if to[0].attachment_support else None,
        )
        words = " ".join(said.getvalue().split())
    if not is_sent:
        raise NotDelivered(words or "The service did not take it.")
    return f"Taken by {to[0].service_name}."


def is_known(url: str) -> bool:
    """Whether *url* is that of a service, and whole; connects nowhere, and blocks while the library is loaded."""
    return _service(url) is not None


def _service(url: str) -> Any:
    """The library with the service at *url*; None where it knows none."""
    import apprise

    # Plug-ins from paths stay off: an address is a user's, and must not read files of this machine.
    asset = apprise.AppriseAsset(plugin_paths=[], app_id="Watchwright", app_desc="Watchwright", async_mode=False)
    to = apprise.Apprise(asset=asset)
    return to if to.add(url) else None


def _attachment(message: Message) -> Any:
    """The picture out of memory: no file of this machine is ever attached."""
    from apprise.attachment.memory import AttachMemory

    picture = message.picture
    if picture is None:
        return None
    return AttachMemory(content=picture.data, name=picture.name, mimetype=picture.mime_type)  # type: ignore[no-untyped-call]
