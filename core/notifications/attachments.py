"""Attaches pictures to messages from memory, so that no file of this machine is ever attached.

Some of Apprise's plug-ins open attachments by their path, which a picture in memory does not have.
"""

import io
import sys
from pathlib import Path
from typing import Any

from core.notifications.message import Picture


class _Held(str):
    """A path that carries the file's data."""

    __slots__ = ("data",)

    data: bytes


def attachment(service: Any, picture: Picture) -> Any:
    """Return *picture* as an attachment for Apprise's *service*."""
    from apprise.attachment.memory import AttachMemory

    class InMemory(AttachMemory):
        """An attachment that can be opened by its path as well."""

        @property
        def path(self) -> str:
            path = _Held(picture.name)
            path.data = picture.data
            return path

    vars(sys.modules[type(service).__module__]).setdefault("open", _open)
    return InMemory(content=picture.data, name=picture.name, mimetype=picture.mime_type)  # type: ignore[no-untyped-call]


def _open(file: Any, *args: Any, **given: Any) -> Any:
    """Replaces the builtin in a plug-in's module: opens pictures in memory and other files as usual."""
    return io.BytesIO(file.data) if isinstance(file, _Held) else Path(file).open(*args, **given)
