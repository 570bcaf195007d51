"""Two pictures of a page side by side, and on the later one what changed."""

from nicegui.element import Element

from dashboard.components.url_prefix import prefixed


class PicturePair(Element, component="picture_pair.js"):
    """The page at *good*, and failing at *bad*: addresses of ours; the browser finds what differs."""

    def __init__(self, *, good: str | None, bad: str | None) -> None:
        super().__init__()
        self._props["good"], self._props["bad"] = (address and prefixed(address) for address in (good, bad))
