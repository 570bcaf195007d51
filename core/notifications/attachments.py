"""A picture that goes with a message out of memory: no file of this machine is ever attached.

Some plug-ins of the library open what they attach by its path, which nothing in memory has.
"""

import io
import sys
from pathlib import Path
from typing import Any

from core.notifications.message import Picture


class _Held(str):
    """A path that its data is at."""

    __slots__ = ("data",)

    data: bytes


def attached(service: Any, picture: Picture) -> Any:
    """*picture* as *service* of the library takes it."""
    from apprise.attachment.memory import AttachMemory

    class InMemory(AttachMemory):
        """Is opened by its path, too."""

        @property
        def path(self) -> str:
            path = _Held(picture.name)
            path.data = picture.data
            return path

    vars(sys.modules[type(service).__module__]).setdefault("open", _open)
    return InMemory(content=picture.data, name=picture.name, mimetype=picture.mime_type)  # type: ignore[no-untyped-call]


def _open(file: Any, *args: Any, **given: Any) -> Any:
    """As the builtin, and of what is held in memory, that."""
    return io.BytesIO(file.data) if isinstance(file, _Held) else Path(file).open(*args, **given)
