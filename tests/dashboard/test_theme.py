"""Static URLs, and the colours of the theme: dark, of more contrast, and for colour-blind eyes."""

from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dashboard import theme
from dashboard.theme import DARK, LIGHT

MIN_DIFFERENCE = 15  # CIE 76; 2.3 is just noticeable side by side

# Linear RGB with colour-blindness, after Machado, Oliveira and Fernandes (2009), at full severity.
EYES = {
    "of most": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranope": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanope": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "tritanope": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)

Triple = tuple[float, float, float]


def test_a_changed_static_file_has_another_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "STATIC", tmp_path)
    addresses = []
    for content in ("a { color: red }", "a { color: blue }"):
        (tmp_path / "ours.css").write_text(content)
        theme.static.cache_clear()
        addresses.append(theme.static("ours.css"))
    theme.static.cache_clear()

    assert len(set(addresses)) == 2
    assert all(address.startswith("/static/ours.css?v=") for address in addresses)


@pytest.mark.parametrize(
    ("html", "body", "is_dark"),
    [
        ("ww-dark", "", True),
        ("", "body--dark", True),
        ("", "body--system", True),
        ("ww-dark", "body--light", False),
        ("", "body--light", False),
    ],
    ids=["before the libraries", "dark", "of the system", "turned light", "light"],
)
def test_dark_colours_are_set_on_the_root(page: Page, html: str, body: str, is_dark: bool) -> None:
    page.emulate_media(color_scheme="dark")
    style = theme.variables() + theme.by_system()
    page.set_content(f"<html class='{html}'><style>{style}</style><body class='{body}'>")

    of_window = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    text = page.evaluate("getComputedStyle(document.body).getPropertyValue('--ww-text')")

    assert (of_window, text) == (("dark", DARK["text"]) if is_dark else ("light", LIGHT["text"]))


@pytest.mark.parametrize(("body", "colours"), [("body--light", LIGHT), ("body--dark", DARK)], ids=["light", "dark"])
def test_more_contrast_has_dark_text_and_visible_edges(page: Page, body: str, colours: dict[str, str]) -> None:
    page.emulate_media(contrast="more")
    page.set_content(f"<style>{theme.variables()}</style><body class={body}>")

    read = "(name) => getComputedStyle(document.body).getPropertyValue(`--ww-${name}`).trim()"
    said = {name: page.evaluate(read, name) for name in ("text", "text-2", "muted", "border", "field-edge", "hairline")}
    text, edge = colours["text"], colours["muted"]
    assert said == {"text": text, "text-2": text, "muted": text, "border": edge, "field-edge": edge, "hairline": edge}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "surface", "raised"])
def test_the_edge_of_an_input_is_visible(colours: dict[str, str], ground: str) -> None:
    lights = sorted(luminance(colours[name]) for name in ("field-edge", ground))

    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 3  # WCAG 2.2, 1.4.11


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_phase_colours_differ_for_every_vision(theme: dict[str, str], eyes: str) -> None:
    seen = {name: lab(colour, EYES[eyes]) for name, colour in theme.items() if name.startswith("phase-")}

    alike = {
        (first, second): round(distance)
        for first, second in combinations(seen, 2)
        if (distance := sum((a - b) ** 2 for a, b in zip(seen[first], seen[second], strict=True)) ** 0.5)
        < MIN_DIFFERENCE
    }

    assert len(seen) == 8
    assert alike == {}


def lab(colour: str, eyes: tuple[Triple, ...]) -> Triple:
    """CIE L*a*b* of ``#rrggbb`` for *eyes*."""
    rgb = tuple(linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    seen = [min(max(value, 0.0), 1.0) for value in times(eyes, rgb)]
    x, y, z = (cube_root(value / white) for value, white in zip(times(XYZ, seen), WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def times(matrix: tuple[Triple, ...], vector: tuple[float, ...] | list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def luminance(colour: str) -> float:
    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def cube_root(value: float) -> float:
    return value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116
