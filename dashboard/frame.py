"""The frame around every page: header, menu, theme and connection state."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, tzinfo
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nicegui import ui

from core.signals import health_changed
from dashboard import theme
from dashboard.components import busy_controls, copy_text, times
from dashboard.components.url_prefix import prefixed
from dashboard.current_actor import current_actor
from dashboard.theme_choice import ThemeChoice

MENU = (
    ("/", "Overview"),
    ("/downtime", "Downtime"),
    ("/debug-sessions", "Debug sessions"),
    ("/maintenance", "Maintenance"),
    ("/notifications", "Notifications"),
    ("/status-pages", "Status pages"),
    ("/settings", "Settings"),
)
DRAW_SECONDS = 30.0  # a page may take long on a busy machine; NiceGUI's default of 3 s would fail it
ZONE_COOKIE = "watchwright-zone"
SEARCH_ICON = (
    '<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" '
    'aria-hidden="true"><circle cx="7" cy="7" r="4.6"/><path d="M10.6 10.6 14 14"/></svg>'
)
SEARCH_PROPS = (
    'type=button id=ww-search aria-label="Search everything" aria-keyshortcuts="/ Control+K" aria-haspopup=dialog'
)
PERSON_ICON = (
    '<svg viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" '
    'aria-hidden="true"><circle cx="8" cy="5.4" r="2.7"/>'
    '<path d="M2.8 14c.5-2.8 2.6-4.2 5.2-4.2s4.7 1.4 5.2 4.2"/></svg>'
)
SCRIPT = """
<script>
addEventListener("load", () => setTimeout(() => { // for the next page; asking over the socket is slower than ten rows
  document.cookie = "watchwright-zone=" + encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)
    + "; path=/; max-age=31536000; samesite=lax";
  const [menu, current] = [".ww-nav", ".ww-nav [aria-current]"].map((path) => document.querySelector(path));
  if (current) // scroll only as far as needed; a half-visible next item shows that the menu goes on
    menu.scrollLeft = current.offsetLeft + current.offsetWidth - menu.offsetLeft - menu.clientWidth + 40;
  // Browsers do not scroll to a focused item that is only partly visible.
  menu?.addEventListener("focusin", ({ target }) => target.scrollIntoView({ block: "nearest", inline: "nearest" }));
}));
addEventListener("click", ({ target }) => { // keep opened details at a form's end above the form's buttons
  const fold = target.closest?.(".ww-scrolls .ww-fold > summary")?.parentElement;
  if (fold) requestAnimationFrame(() => fold.open && fold.scrollIntoView({ block: "nearest" }));
});
let wwLeftAt = -Infinity; // Firefox closes the socket as soon as another page, or a file, is requested
addEventListener("beforeunload", () => { wwLeftAt = performance.now(); });
(function attend() {
  if (!window.socket) return setTimeout(attend, 50);
  const showLost = (lost) => {
    if (document.body.classList.contains("ww-offline") === lost) return;
    document.body.classList.toggle("ww-offline", lost);
    document.getElementById("ww-connection").textContent = lost ? "Connection lost, reconnecting …" : "Connected again";
  };
  const lose = () => {
    const wait = wwLeftAt + 4000 - performance.now(); // ms; by then the socket or the next page is there
    if (wait > 0) setTimeout(lose, wait);
    else showLost(!window.socket.connected);
  };
  window.socket.on("connect", () => showLost(false));
  window.socket.on("disconnect", lose);
  window.socket.on("connect_error", lose);
  const reloadIfSignedOut = () => fetch((window.path_prefix ?? "") + "/api/v1/me").then(
    (answer) => answer.status === 401 && location.reload(), () => {});
  window.socket.on("disconnect", reloadIfSignedOut);
  window.socket.on("connect_error", reloadIfSignedOut);
  window.socket.on("open", (page) => { wwIsLeaving ||= !page.new_tab; });
})();
</script>
"""


@contextmanager
def frame(title: str, *, active: str | None = None, flush: bool = False) -> Iterator[ThemeChoice]:
    """Draw the frame; the `with` block draws the page into it.

    Args:
        title: The tab's title, in front of the product's name.
        active: The menu address to mark as current.
        flush: Leave no margin, so that the page fills the window.

    Yields:
        The reader's theme, which a page may let the reader change.
    """
    ui.page_title(f"{title} · Watchwright")
    _add_styles_and_scripts()
    chosen_theme = ThemeChoice()
    _unmark_nicegui_main()
    ui.link("Skip to the content", "#content").classes("ww-skip")
    with ui.element("header").classes("ww-header").props("role=banner"):
        _menu(title, active)
        ui.element("div").classes("ww-grow")
        _search_button()
        _connection()
        chosen_theme.draw_button()
        _account()
    _trouble_line()
    with (
        ui.element("div").classes("ww-main ww-flush" if flush else "ww-main").props("id=content role=main tabindex=-1")
    ):
        yield chosen_theme


def _add_styles_and_scripts() -> None:
    style = prefixed(theme.static("watchwright.css"))
    ui.add_head_html(f'<style>{theme.variables()}</style><link rel="stylesheet" href="{style}">')
    ui.add_head_html(f'<link rel="icon" href="{prefixed("/static/favicon.svg")}" type="image/svg+xml">')
    ui.add_body_html(SCRIPT + times.SCRIPT + busy_controls.SCRIPT + copy_text.SCRIPT)
    for script in ("controls", "search", "keys", "restore_input", "keep_focus"):
        ui.add_body_html(f'<script type="module" src="{prefixed(theme.static(f"{script}.js"))}"></script>')


def _menu(title: str, active: str | None) -> None:
    with ui.link(target="/").classes("ww-logo").props('aria-label="Watchwright, overview"'):
        ui.html(theme.LOGO, sanitize=False)
        ui.element("span").props("textContent=Watchwright")
    with ui.element("nav").classes("ww-nav").props('aria-label="Main"'):
        for address, name in MENU:
            link = ui.link(name, address)
            if address == active or name == title:
                link.props("aria-current=page")


def _search_button() -> None:
    with ui.element("button").classes("ww-search-button").props(SEARCH_PROPS):
        ui.html(SEARCH_ICON, sanitize=False)
        ui.element("span").props("textContent=Search")
        ui.element("kbd").props("textContent=/ aria-hidden=true")


def _unmark_nicegui_main() -> None:
    """Make our own element the only main landmark. NiceGUI's includes header and menu, which "Skip" must skip."""
    [page] = ui.context.client.page_container.default_slot.children
    page.props("role=presentation")


def set_trouble_source(trouble: Callable[[], str | None]) -> None:
    """Set the function that returns the trouble line of every page; the composition root calls this once."""
    _trouble.ask = trouble


def sign_out_form(classes: str = "") -> None:
    """Draw a button that signs this browser out. It is a plain form, so it works without a socket."""
    with ui.element("form").classes(classes).props(f"method=post action={prefixed('/logout')}"):
        ui.element("button").classes("ww-button").props("type=submit textContent='Sign out'")


def _connection() -> None:
    """Draw the connection state. Its text for screen readers is apart, else they would read it out on every page."""
    with ui.element("div").classes("ww-live"):
        ui.element("i")
    ui.element("span").classes("ww-hidden").props("role=status id=ww-connection")


def _account() -> None:
    """Draw the link to the reader's account and the sign-out button; nothing if nobody is signed in, as in the demo."""
    actor = current_actor()
    if actor.sign_in_id is None:
        return
    with ui.link(target="/account").classes("ww-icon-button") as link:
        link.props["title"] = link.props["aria-label"] = f"Your account: {actor.name.removeprefix('user ')}"
        ui.html(PERSON_ICON, sanitize=False)
    sign_out_form("ww-sign-out")


class _Trouble:
    ask: Callable[[], str | None] = staticmethod(lambda: None)


_trouble = _Trouble()


def _trouble_line() -> None:
    """Draw a line across the page that shows while something is wrong with the monitor."""
    line = ui.element("div").classes("ww-trouble").props("role=alert")

    def show() -> None:
        words = _trouble.ask()
        line.props["textContent"] = words or ""
        line.set_visibility(words is not None)

    show()
    ui.context.client.on_delete(health_changed.connect(lambda _fact: show()))


def reader_zone() -> tzinfo | None:
    """Return the reader's time zone from the cookie that an earlier page set; None before that."""
    request = ui.context.client.request
    return zone_of(unquote(request.cookies.get(ZONE_COOKIE, ""))) if request else None


async def ask_reader_zone() -> tzinfo:
    """Return the reader's time zone as the browser reports it now; UTC if it reports none."""
    return zone_of(await ui.run_javascript("Intl.DateTimeFormat().resolvedOptions().timeZone", timeout=10)) or UTC


def zone_of(name: object) -> ZoneInfo | None:
    """Return the time zone called *name*; None if there is none."""
    try:
        return ZoneInfo(str(name)) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # browsers and cookies can hold any value
        return None
