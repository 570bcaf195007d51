"""Two screenshots side by side; the differences are marked on the later one."""

from nicegui.element import Element

from dashboard.components.url_prefix import prefixed


class PicturePair(Element, component="picture_pair.js"):
    """Screenshots at two of our addresses: the page when it worked, and when it failed. The browser compares them."""

    def __init__(self, *, good: str | None, bad: str | None) -> None:
        super().__init__()
        self._props["good"], self._props["bad"] = (address and prefixed(address) for address in (good, bad))
