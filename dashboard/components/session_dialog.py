"""A dialog with all options of a debug session."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from core.debugging.browsers.devices import OFTEN_USED
from core.schemas.session_options import CPU_PROFILES, NETWORK_PROFILES, SessionOptions
from dashboard.components.busy_controls import on_submit
from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Field, Fields
from dashboard.parsing.session_flags import changed, flags_of


def _network_words(name: str) -> str:
    profile = NETWORK_PROFILES[name]
    if profile.is_offline:
        return name
    return f"{name}: {profile.download_kbit_per_second:,.0f} kbit/s, {profile.latency_ms:g} ms"


GROUPS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "Visitor",
        (
            Field(name="device", label="Device", hint="iPhone 15", proposed=OFTEN_USED),
            Field(name="viewport", label="Viewport", hint="1280x800"),
            Field(name="locale", label="Locale", hint="de-DE"),
            Field(name="timezone", label="Time zone", hint="Europe/Berlin"),
            Field(name="user_agent", label="User agent"),
            Field(name="basic_auth", label="HTTP sign-in", hint="user:password"),
            Field(name="header", label="Extra headers (one per line)", kind="lines", hint="Accept-Language: de"),
            Field(name="cookie", label="Cookies (one per line)", kind="lines", hint="theme=dark"),
        ),
    ),
    (
        "Browser and network",
        (
            Field(
                name="network",
                label="Network",
                kind="choice",
                choices=(("", "unchanged"), *((name, _network_words(name)) for name in NETWORK_PROFILES)),
            ),
            Field(
                name="cpu",
                label="CPU",
                kind="choice",
                choices=(
                    ("", "unchanged"),
                    *((name, f"{name}: {factor:g}× slower") for name, factor in CPU_PROFILES.items()),
                ),
            ),
            Field(name="proxy", label="Proxy", hint="http://127.0.0.1:3128"),
            Field(name="block", label="Block URLs (one per line)", kind="lines", hint="*analytics*"),
            Field(name="javascript", label="JavaScript", kind="switch"),
            Field(name="cache", label="Cache", kind="switch"),
            Field(name="ignore_certificate_errors", label="Ignore certificate errors", kind="switch"),
        ),
    ),
    (
        "Duration",
        (
            Field(
                name="watch",
                label="Watch",
                kind="choice",
                choices=(
                    ("network_idle", "until network idle"),
                    ("load", "until load"),
                    ("fixed", "fixed time"),
                    ("until_stopped", "until stopped"),
                ),
            ),
            Field(name="watch_seconds", label="Fixed time (seconds)", kind="number"),
            Field(name="time_limit", label="Maximum (seconds)", kind="number"),
            Field(name="scroll", label="Scroll to the end of the page", kind="switch"),
            Field(name="filmstrip", label="Record a filmstrip", kind="switch"),
            Field(name="trace", label="Record a Playwright trace", kind="switch"),
        ),
    ),
)


class SessionDialog:
    """The dialog. It starts a session, or stores the options as the website's defaults."""

    def __init__(
        self,
        start: Callable[[SessionOptions], Awaitable[None]],
        keep: Callable[[SessionOptions], Awaitable[None]],
    ) -> None:
        """Both callables may raise `WatchwrightError`, which is shown in the dialog."""
        self._start, self._keep = start, keep
        self._fields = Fields()
        self._opened = SessionOptions()
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog ww-wide ww-tall"):
            self._dialog.props("aria-label='Start debug session with options'")
            text("h2", "Start debug session with options")
            with ui.element("form").classes("ww-form ww-scrolls").props("novalidate") as form:
                for title, fields in GROUPS:
                    with ui.element("fieldset").classes("ww-fieldset"):
                        text("legend", title)
                        for field in fields:
                            self._fields.draw(field)
                with ui.element("div").classes("ww-actions ww-foot"):
                    self._fields.draw_rest()
                    ui.element("div").classes("ww-grow")
                    button("Cancel", self._dialog.close)
                    button("Save as default for this website", lambda: self._run(self._keep))
                    submit_button("Start")
            on_submit(form, lambda: self._run(self._start))

    def open(self, options: SessionOptions) -> None:
        """Open the dialog with *options*, except a password, which must be typed again."""
        self._opened = options
        self._fields.fill(flags_of(options))
        self._fields.show({})
        self._dialog.open()

    async def _run(self, do: Callable[[SessionOptions], Awaitable[None]]) -> None:
        if await self._fields.attempt(lambda: do(changed(self._opened, self._fields.typed()))):
            self._dialog.close()
