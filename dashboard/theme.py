"""Defines colours and status shapes for light and dark, and makes the style sheet's variables from them."""

from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parent / "static"
LOGO = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" '
    'stroke-linejoin="round" aria-hidden="true"><path d="M2 12h4l3-8 5 16 3-8h5"/></svg>'
)

LIGHT = {
    "page": "#f6f7f9",
    "surface": "#ffffff",
    "raised": "#f2f4f7",
    "border": "#e4e7ec",
    "field-edge": "#828b9c",  # around inputs; WCAG 1.4.11 asks for a contrast of 3
    "hairline": "#eef0f3",
    "text": "#101828",
    "text-2": "#475467",
    "muted": "#667085",  # AA needs a contrast of 4.5; the drawings' #7b8698 has 3.6 on white
    "accent": "#4f46e5",
    "accent-ground": "#eef0ff",
    "on-accent": "#ffffff",
    "up": "#12a150",
    "up-2": "#7fcb9f",  # in the calendar: a day with almost full uptime
    "up-3": "#e3c567",
    "up-text": "#067a3a",
    "degraded": "#d97706",
    "degraded-text": "#a85a04",
    "down": "#dc2f3c",
    "down-text": "#c81e2c",
    "down-ground": "#fdecee",
    "info": "#2563eb",
    "nodata": "#d5dae1",
    "shadow": "rgb(16 24 40 / 6%)",
    "phase-queued": "#b7c0ce",  # phases differ for colour-blind readers too, see tests/dashboard/test_theme.py
    "phase-stalled": "#66707d",
    "phase-dns": "#0a9bbf",
    "phase-connect": "#e89417",
    "phase-tls": "#7935aa",
    "phase-sent": "#1b2560",
    "phase-waiting": "#45cc7c",
    "phase-download": "#1568f5",
}
DARK = {
    "page": "#0c0e13",
    "surface": "#13161c",
    "raised": "#1a1e26",
    "border": "#262b35",
    "field-edge": "#646d7c",
    "hairline": "#1d222b",
    "text": "#e8ebf1",
    "text-2": "#a7b0be",
    "muted": "#8b95a5",
    "accent": "#8b8bf9",
    "accent-ground": "#23244a",
    "on-accent": "#0c0e13",
    "up": "#3ccf7e",
    "up-2": "#2b8f5a",
    "up-3": "#8f7d2e",
    "up-text": "#3ccf7e",
    "degraded": "#f2b03d",
    "degraded-text": "#f2b03d",
    "down": "#ff6b70",
    "down-text": "#ff8085",
    "down-ground": "#35191e",
    "info": "#6aa5ff",
    "nodata": "#343b47",
    "shadow": "rgb(0 0 0 / 30%)",
    "phase-queued": "#434d5d",
    "phase-stalled": "#888e95",
    "phase-dns": "#14c6e4",
    "phase-connect": "#f49541",
    "phase-tls": "#914fcd",
    "phase-sent": "#e0eaf5",
    "phase-waiting": "#33ac66",
    "phase-download": "#2068fb",
}

STATUS_WORDS = {"UP": "Up", "DEGRADED": "Degraded", "DOWN": "Down", "UNKNOWN": "Unknown", "PAUSED": "Paused"}
SHAPES = {  # circle, square, diamond, ring, bars: status never rests on colour alone
    "UP": '<circle cx="6" cy="6" r="4.5" fill="var(--ww-up)"/>',
    "DEGRADED": '<rect x="1.8" y="1.8" width="8.4" height="8.4" rx="1.6" fill="var(--ww-degraded)"/>',
    "DOWN": '<rect x="2.2" y="2.2" width="7.6" height="7.6" rx="1" fill="var(--ww-down)" transform="rotate(45 6 6)"/>',
    "UNKNOWN": '<circle cx="6" cy="6" r="3.6" fill="none" stroke="var(--ww-muted)" stroke-width="1.8"/>',
    "PAUSED": '<path d="M3.2 2h2v8h-2zM6.8 2h2v8h-2z" fill="var(--ww-muted)"/>',
}


def shape(status: str) -> str:
    """Return the SVG of a status. It is decorative: the status's word is next to it."""
    return f'<svg class="ww-shape" viewBox="0 0 12 12" aria-hidden="true">{SHAPES[status]}</svg>'


def variables() -> str:
    """Return the colours as CSS custom properties, for light and dark. Print always uses the light ones."""
    # Set on the root, so that the window's scrollbar follows. `ww-dark` applies until NiceGUI has set its body class.
    dark = ":root:has(>body.body--dark),.ww-dark:not(:has(>body.body--light))"
    return f"{_rule(':root', LIGHT, 'light')}@media screen{{{_rule(dark, DARK, 'dark')}}}"


def by_system() -> str:
    """Return the dark colours for dark systems, for pages without the script that sets the body's class."""
    dark = _rule(":root:has(>body.body--system)", DARK, "dark")
    return f"@media screen and (prefers-color-scheme:dark){{{dark}}}"


def _rule(selector: str, colours: dict[str, str], scheme: str) -> str:
    """Return the rule for *selector*. Under prefers-contrast it uses dark text and visible edges."""
    text, edge = colours["text"], colours["muted"]
    more = _declarations({"text-2": text, "muted": text, "border": edge, "field-edge": edge, "hairline": edge})
    plain = f"{selector}{{{_declarations(colours)}color-scheme:{scheme}}}"
    return f"{plain}@media (prefers-contrast:more){{{selector}{{{more}}}}}"


def _declarations(colours: dict[str, str]) -> str:
    return "".join(f"--ww-{name}:{value};" for name, value in colours.items())


@cache
def static(name: str) -> str:
    """Return the URL of a static file with its content's hash, as browsers cache such files for an hour."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"
