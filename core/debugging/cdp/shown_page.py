"""Asks a page at the end of its visit what it shows: its text, a loading indicator, an element that covers it."""

from pydantic import ValidationError

from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.page_facts import evaluate_apart
from core.debugging.shown_page import TEXT_CHARACTERS, ShownPage

# A loading indicator is marked for screen readers, or named so by its class, and has hardly any text of its own.
# An element covers the page if it is at nine points of the window, and has no content of its own.
_SHOWN = """(() => {
  const name = one => [one.localName, one.id && "#" + one.id, ...[...one.classList].map(word => "." + word)]
    .join("").slice(0, 100);
  const text = (document.body?.innerText ?? "").replace(/\\s+/g, " ").trim();
  const isSeen = one => {
    const box = one.getBoundingClientRect();
    return box.width > 4 && box.height > 4 && box.top < innerHeight && box.bottom > 0 && box.left < innerWidth
      && box.right > 0 && one.checkVisibility({opacityProperty: true, visibilityProperty: true});
  };
  const media = "img, iframe, frame, canvas, svg, video, object, embed";
  const is_empty = !text && ![...document.querySelectorAll(media)].slice(0, 1000).some(isSeen);
  const marked = "[role=progressbar]:not([aria-valuenow]), [aria-busy=true], [class*=spinner i], [class*=skeleton i], "
    + "[class*=shimmer i], [class*=loader i], [class*=loading i]";
  const loading = [...document.querySelectorAll(marked)].slice(0, 1000)
    .find(one => isSeen(one) && (one.innerText ?? "").trim().length <= 40 && !one.matches("html, body, img, video, a"));
  const at = [0.05, 0.5, 0.95];
  const top = new Set(at.flatMap(x => at.map(y => document.elementFromPoint(x * innerWidth, y * innerHeight))));
  const [cover] = top;
  const isCover = top.size === 1 && cover && cover !== document.documentElement && cover !== document.body
    && ["fixed", "absolute"].includes(getComputedStyle(cover).position) && !(cover.innerText ?? "").trim()
    && !cover.matches(media) && !cover.querySelector(media + ", button, a, input")
    && !cover.shadowRoot && !cover.localName.includes("-"); // what is inside a shadow root cannot be seen from here
  const coverName = isCover && text ? name(cover) : "";
  return {text: text.slice(0, %d), is_empty, loading: loading ? name(loading) : "", cover: coverName};
})()"""


async def shown_page_of(page: CdpSession) -> ShownPage | None:
    """Return what the page shows; None if it does not answer."""
    try:
        return ShownPage.model_validate(await evaluate_apart(page, _SHOWN % TEXT_CHARACTERS))
    except ValidationError:  # without an answer, or with one from a browser that knows less
        return None
