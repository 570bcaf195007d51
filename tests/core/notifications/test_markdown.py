"""Plain text looks the same in Markdown, and its links work."""

import pytest

from core.notifications.markdown import markdown

TICKET = f"https://watch.example/acknowledge?ticket={'a_b-' * 40}"


@pytest.mark.parametrize(
    ("text", "as_markdown"),
    [
        ("a_b *c* `d` [e](f) <g> | ~h~", r"a\_b \*c\* \`d\` \[e\](f) \<g\> \| \~h\~"),
        ("- a\n+ b\n=\n1. c\n2026-03-01", "\\- a  \n\\+ b  \n\\=  \n1\\. c  \n2026-03-01"),
        ("a & b &lt; c", r"a & b \&lt; c"),
        ("See https://x.example/a_b.", "See [https://x.example/a_b](https://x.example/a_b)."),
        ("http://x.example/(a)_b", "[http://x.example/(a)_b](http://x.example/%28a%29_b)"),
        (f"Acknowledge: {TICKET}", f"Acknowledge: [https://watch.example/acknowledge]({TICKET})"),
    ],
    ids=["signs", "starts", "entities", "link", "brackets", "ticket"],
)
def test_significant_characters_are_escaped(text: str, as_markdown: str) -> None:
    assert markdown(text) == as_markdown


def test_lines_can_be_separated_by_an_empty_line() -> None:
    assert markdown("a\nb", line_end="\n\n") == "a\n\nb"
