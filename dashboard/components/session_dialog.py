"""Asking how a debug session shall open its page, and whether that is the website's way from now on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from nicegui import ui
from nicegui.element import Element

from core.debugging.devices import OFTEN_USED
from core.errors import WatchwrightError
from core.schemas.session_options import CPU_PROFILES, NETWORK_PROFILES, SessionOptions
from dashboard.components.elements import button, text
from dashboard.components.press import on_submit
from dashboard.components.select import Select
from dashboard.session_flags import flags_of, options_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One option: `flag` is its name in `options_of`."""

    flag: str
    label: str
    kind: str = "text"
    """text, number, lines, choice or switch."""
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    proposed: tuple[str, ...] = ()
    """Some of what may be typed, as the browser's own list."""


def _network_words(name: str) -> str:
    profile = NETWORK_PROFILES[name]
    if profile.is_offline:
        return name
    return f"{name}: {profile.download_kbit_per_second:,.0f} kbit/s, {profile.latency_ms:g} ms"


GROUPS: tuple[tuple[str, tuple[Field, ...]], ...] = (
    (
        "Visitor",
        (
            Field(flag="device", label="Device", hint="iPhone 15", proposed=OFTEN_USED),
            Field(flag="viewport", label="Viewport", hint="1280x800"),
            Field(flag="locale", label="Locale", hint="de-DE"),
            Field(flag="timezone", label="Time zone", hint="Europe/Berlin"),
            Field(flag="user_agent", label="User agent"),
            Field(flag="basic_auth", label="Sign-in of the server", hint="user:password"),
            Field(flag="header", label="Extra headers, one a line", kind="lines", hint="Accept-Language: de"),
            Field(flag="cookie", label="Cookies, one a line", kind="lines", hint="theme=dark"),
        ),
    ),
    (
        "Browser and network",
        (
            Field(
                flag="network_profile",
                label="Network",
                kind="choice",
                choices=(("", "as it is"), *((name, _network_words(name)) for name in NETWORK_PROFILES)),
            ),
            Field(
                flag="cpu_profile",
                label="CPU",
                kind="choice",
                choices=(
                    ("", "as it is"),
                    *((name, f"{name}: {factor:g}× slower") for name, factor in CPU_PROFILES.items()),
                ),
            ),
            Field(flag="proxy", label="Proxy", hint="http://127.0.0.1:3128"),
            Field(flag="block_patterns", label="Block, one a line", kind="lines", hint="*analytics*"),
            Field(flag="is_javascript_enabled", label="JavaScript", kind="switch"),
            Field(flag="is_cache_enabled", label="Cache", kind="switch"),
            Field(flag="ignore_certificate_errors", label="Ignore certificate errors", kind="switch"),
        ),
    ),
    (
        "How long",
        (
            Field(
                flag="watch",
                label="Watch",
                kind="choice",
                choices=(
                    ("network_idle", "until the network is idle"),
                    ("load", "until it has loaded"),
                    ("fixed", "for a fixed time"),
                    ("until_stopped", "until somebody stops it"),
                ),
            ),
            Field(flag="watch_seconds", label="Fixed time (seconds)", kind="number"),
            Field(flag="time_limit_seconds", label="At most (seconds)", kind="number"),
            Field(flag="is_scrolled", label="Scroll through the page", kind="switch"),
            Field(flag="has_filmstrip", label="Record a filmstrip", kind="switch"),
            Field(flag="has_trace", label="Record a Playwright trace", kind="switch"),
        ),
    ),
)
FIELDS = tuple(field for _title, fields in GROUPS for field in fields)


class SessionDialog:
    """Every option of a debug session; starts one, or keeps the options as the website's defaults."""

    def __init__(
        self,
        start: Callable[[SessionOptions], Awaitable[None]],
        keep: Callable[[SessionOptions], Awaitable[None]],
    ) -> None:
        """Both may raise `WatchwrightError`, which is shown in the dialog."""
        self._start, self._keep = start, keep
        self._fields: dict[str, Element] = {}
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog ww-wide"):
            self._dialog.props("aria-label='Start debug session with options'")
            text("h2", "Start debug session with options")
            with ui.element("form").classes("ww-form").props("novalidate") as form:
                for title, fields in GROUPS:
                    with ui.element("fieldset").classes("ww-fieldset"):
                        text("legend", title)
                        for field in fields:
                            self._draw(field)
                self._error = text("div", "", "ww-error").props("role=alert")
                with ui.element("div").classes("ww-actions"):
                    button("Cancel", self._dialog.close)
                    button("Keep for this website", lambda: self._go(self._keep))
                    text("button", "Start", "ww-button ww-primary").props("type=submit")
            on_submit(form, lambda: self._go(self._start))

    def open(self, options: SessionOptions) -> None:
        """Show the dialog with *options* filled in; of a password only that it must be given again."""
        values = flags_of(options)
        for field in FIELDS:
            value = values.get(field.flag)
            element = self._fields[field.flag]
            if field.kind == "switch":
                element.props["checked"] = bool(value)
            elif field.kind == "lines":
                element.props["value"] = "\n".join(value or [])
            else:
                element.props["value"] = "" if value is None else f"{value:g}" if field.kind == "number" else str(value)
        self._error.props["textContent"] = ""
        self._dialog.open()

    def _draw(self, field: Field) -> None:
        with ui.element("label").classes("ww-field" if field.kind != "switch" else "ww-switch"):
            text("span", field.label, "ww-secondary")
            if field.kind == "choice":
                element: Element = Select(field.choices)
            elif field.kind == "lines":
                element = ui.element("textarea").classes("ww-textarea").props("rows=2 spellcheck=false")
            else:
                kind = {"switch": "checkbox"}.get(field.kind, field.kind)
                element = (
                    ui.element("input").classes("" if field.kind == "switch" else "ww-input").props(f"type={kind}")
                )
            if field.proposed:
                element.props["list"] = f"ww-proposed-{field.flag}"
                with ui.element("datalist").props(f"id=ww-proposed-{field.flag}"):
                    for value in field.proposed:
                        ui.element("option").props["value"] = value
        element.props["aria-label"] = field.label
        if field.hint:
            element.props["placeholder"] = field.hint
        self._fields[field.flag] = element
        self._keep_typed(element, "checked" if field.kind == "switch" else "value")

    @staticmethod
    def _keep_typed(element: Element, name: str) -> None:
        def keep(event: Any) -> None:
            element.props[name] = event.args  # the browser has it already

        element.on("input", keep, js_handler=f"(event) => emit(event.target.{name})")

    async def _go(self, do: Callable[[SessionOptions], Awaitable[None]]) -> None:
        try:
            await do(options_of({field.flag: self._given(field) for field in FIELDS}))
        except WatchwrightError as problem:
            self._error.props["textContent"] = str(problem)
        else:
            self._dialog.close()

    def _given(self, field: Field) -> Any:
        props = self._fields[field.flag].props
        if field.kind == "switch":
            return bool(props.get("checked"))
        value = str(props.get("value") or "").strip()
        if field.kind == "lines":
            return [line.strip() for line in value.splitlines() if line.strip()]
        return value or None
