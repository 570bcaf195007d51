"""The form with all options of a debug session."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from core.debugging.browsers.devices import OFTEN_USED
from core.schemas.session_options import CPU_PROFILES, NETWORK_PROFILES, SessionOptions
from dashboard.components.dialogs import Save, opened_form
from dashboard.components.elements import text
from dashboard.components.fields import Field, Fields
from dashboard.parsing.session_flags import changed, flags_of

Submit = Callable[[SessionOptions], Awaitable[None]]
HEADING = "Start debug session with options"


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


def open_session_form(options: SessionOptions, start: Submit, keep: Submit) -> None:
    """Open the form with *options*, except a password, which must be typed again.

    Args:
        options: The website's default options.
        start: Starts a session; may raise `WatchwrightError`.
        keep: Stores the options as the website's defaults; may raise `WatchwrightError`.
    """
    fields = Fields()

    def with_typed(do: Submit) -> Save:
        return lambda: do(changed(options, fields.typed()))

    other = ("Save as default for this website", with_typed(keep))
    size = "ww-wide ww-tall"
    with opened_form(HEADING, fields, with_typed(start), action="Start", size=size, other=other):
        for title, group in GROUPS:
            with ui.element("fieldset").classes("ww-fieldset"):
                text("legend", title)
                for field in group:
                    fields.draw(field)
        fields.fill(flags_of(options))
