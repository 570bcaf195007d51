"""The website form's groups of check options, which are folded at first."""

from collections.abc import Sequence
from dataclasses import dataclass

from nicegui import ui
from nicegui.element import Element

from core.models import HTTPMethod
from dashboard.components.elements import text
from dashboard.components.fields import Field, Fields

REGIONS_NOTE = "Each region checks the website with its own workers (WATCHWRIGHT_REGION)."
KEPT = "[redacted] stands for a stored value. Leave it to keep that value."


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields that are folded together."""

    title: str
    fields: tuple[Field, ...]


GROUPS = (
    Group(
        title="Request",
        fields=(
            Field(
                name="method",
                label="Method",
                kind="choice",
                choices=tuple((method.value, method.value) for method in HTTPMethod),
            ),
            Field(name="user_agent", label="User agent", hint="Watchwright's own"),
            Field(
                name="header",
                label="Headers (one per line)",
                kind="lines",
                hint="Accept-Language: de",
                note=f"Sent only to this website's origin. {KEPT}",
                is_wide=True,
            ),
            Field(name="body", label="Body", kind="area", hint='{"ping": true}', note=KEPT, is_wide=True),
        ),
    ),
    Group(
        title="Sign-in",
        fields=(
            Field(name="basic_user", label="User name (basic)"),
            Field(name="basic_password", label="Password (basic)", kind="password"),
            Field(name="bearer_token", label="Bearer token", kind="password", note="Not shown again.", is_wide=True),
        ),
    ),
    Group(
        title="Response checks",
        fields=(
            Field(name="accept", label="Accepted status codes", hint="200-399"),
            Field(name="max_response_ms", label="Degraded above (ms)", kind="number", hint="no limit"),
            Field(name="contains", label="Body contains", hint="exact text"),
            Field(name="not_contains", label="Body does not contain", hint="Fatal error"),
            Field(name="matches", label="Body matches", hint="version [0-9]+", note="A regular expression (RE2)."),
            Field(
                name="header_equals", label="Headers equal (one per line)", kind="lines", hint="Content-Type: text/html"
            ),
            Field(
                name="json_equals", label="JSON equals (one per line)", kind="lines", hint="$.status = ok", is_wide=True
            ),
        ),
    ),
    Group(
        title="Redirects and certificate",
        fields=(
            Field(name="follow_redirects", label="Follow redirects", kind="switch"),
            Field(name="verify_tls", label="Verify the certificate", kind="switch"),
            Field(name="max_redirects", label="Maximum redirects", kind="number", hint="10"),
            Field(name="min_certificate_days", label="Degraded below (days left)", kind="number", hint="14"),
        ),
    ),
    Group(
        title="Network",
        fields=(
            Field(
                name="ip",
                label="Addresses",
                kind="choice",
                choices=(("any", "IPv4 or IPv6"), ("4", "IPv4 only"), ("6", "IPv6 only")),
            ),
            Field(
                name="http",
                label="HTTP version",
                kind="choice",
                choices=(("any", "any"), *((version, f"HTTP/{version}") for version in ("1.0", "1.1", "2", "3"))),
            ),
            Field(
                name="proxy",
                label="Proxy",
                hint="http://127.0.0.1:3128",
                note="[redacted] stands for its password.",
                is_wide=True,
            ),
        ),
    ),
    Group(
        title="Regions",
        fields=(
            Field(name="regions", label="Regions (comma-separated)", hint="anywhere", note=REGIONS_NOTE),
            Field(name="quorum", label="Regions required to call it down", kind="number", hint="more than half"),
        ),
    ),
)


class CheckFields:
    """The groups. Each one's summary line lists the options that differ from the defaults."""

    def __init__(self, fields: Fields) -> None:
        self._lines: list[Element] = []
        self._groups: list[Element] = []
        for group in GROUPS:
            with ui.element("details").classes("ww-fold") as holder:
                with ui.element("summary"):
                    text("span", group.title)
                    self._lines.append(text("span", "", "ww-muted ww-ellipsis"))
                with ui.element("div").classes("ww-fieldset"):
                    for field in group.fields:
                        fields.draw(field)
            self._groups.append(holder)

    def show(self, words_by_check: Sequence[Sequence[tuple[str, str]]], problems: dict[str, str]) -> None:
        """Update the summary lines with the set options, by label and words. Unfold groups that contain problems."""
        for number, group in enumerate(GROUPS):
            is_wrong = any(field.name in problems for field in group.fields)
            words = ", ".join(f"{label.lower()}: {value}" for label, value in words_by_check[number])
            line = self._lines[number]
            line.props["textContent"] = "check the fields" if is_wrong else words or "default"
            line.classes(add="ww-is-down-text" if is_wrong else "", remove="" if is_wrong else "ww-is-down-text")
            if is_wrong:
                ui.run_javascript(f"document.getElementById('{self._groups[number].html_id}').open = true")
