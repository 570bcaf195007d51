"""The reader's theme: light, dark or the system's. It is chosen in the header or at /settings and kept in a cookie."""

from collections.abc import Callable, Mapping

from nicegui import ui
from nicegui.events import GenericEventArguments

from dashboard.components.segments import Segments

COOKIE = "watchwright-theme"
CHOICES: dict[str, bool | None] = {"System": None, "Light": False, "Dark": True}
# NiceGUI sets its class on the body only once its scripts have loaded; until then a dark page would flash light.
IS_DARK_SCRIPT = {None: "matchMedia('(prefers-color-scheme: dark)').matches", True: "true", False: "false"}
# The browser keeps the choice itself: the page that the reader opens next must not depend on the server's answer.
KEEP_SCRIPT = f"""
addEventListener("click", ({{ target }}) => {{
  const chosen = target.closest?.("[data-theme]")?.dataset.theme;
  if (chosen) document.cookie = `{COOKIE}=${{chosen}}; path=/; max-age=31536000; samesite=lax`;
}});
"""
HALF_MOON = (
    '<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" '
    'stroke-width="1.4"/><path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/></svg>'
)


class ThemeChoice:
    """The theme of one open page."""

    def __init__(self) -> None:
        self._dark = ui.dark_mode(_kept())
        at_once = f"document.documentElement.classList.toggle('ww-dark', {IS_DARK_SCRIPT[self._dark.value]})"
        ui.add_head_html(f"<script>{at_once};{KEEP_SCRIPT}</script>")
        self._followers: list[Callable[[str], None]] = []

    @property
    def name(self) -> str:
        """One of `CHOICES`."""
        return next(name for name, value in CHOICES.items() if value is self._dark.value)

    def choose(self, name: str) -> None:
        """Apply the theme to this page. For later pages, the pressed button has a ``data-theme``."""
        self._dark.value = CHOICES[name]
        for follower in self._followers:
            follower(name)

    def draw_button(self) -> None:
        """Draw a button that switches to the next theme."""
        order = list(CHOICES)

        def say(name: str) -> None:
            button.props["title"] = button.props["aria-label"] = f"Theme: {name.lower()}"
            button.props["data-theme"] = after(name).lower()

        def after(name: str) -> str:
            return order[(order.index(name) + 1) % len(order)]

        def choose_kept(event: GenericEventArguments) -> None:
            if (name := str(event.args).capitalize()) in CHOICES:
                self.choose(name)

        with ui.element("button").classes("ww-icon-button").props("type=button") as button:
            ui.html(HALF_MOON, sanitize=False)
        button.on("click", choose_kept, js_handler="(event) => emit(event.currentTarget.dataset.theme)")
        say(self.name)
        self._followers.append(say)

    def draw_choices(self) -> None:
        """Draw all themes side by side."""

        async def choose(name: str) -> None:
            self.choose(name)

        choices = Segments("Theme", list(CHOICES), self.name, choose)
        for name, button in choices.buttons.items():
            button.props["data-theme"] = name.lower()
        self._followers.append(choices.show)


def body_class(cookies: Mapping[str, str]) -> str:
    """Return the body class for a page without a script, by the visitor's *cookies*."""
    chosen = cookies.get(COOKIE, "")
    return f"body--{chosen if chosen.capitalize() in CHOICES else 'system'}"


def _kept() -> bool | None:
    """Return the theme that the cookie holds; None for the system's."""
    request = ui.context.client.request
    chosen = request.cookies.get(COOKIE, "") if request else ""
    return CHOICES.get(chosen.capitalize())
