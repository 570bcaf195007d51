"""Tests of how HTML templates are rendered."""

from dashboard.html_templates import templates


def test_values_are_escaped() -> None:
    template = templates.from_string("<h1>{{ name }}</h1>")

    assert template.render(name="<script>") == "<h1>&lt;script&gt;</h1>"
