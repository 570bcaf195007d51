"""What an HTML fragment says of an error."""

import pytest

from core.diagnosis.html_errors import error_in_html


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<h1>Internal Server Error</h1>", "it reports an error: “Internal Server Error”"),
        (
            "<p>Sorry.<pre>Traceback (most recent call last):",
            "it reports an error: “Traceback (most recent call",
        ),
        ("<p>Error establishing a database connection", "it reports an error: “Error establishing a database"),
        ("<title>Sign in</title><form><input type=password></form>", "it asks for a password"),
        ("<div>ERROR for site owner: Invalid domain for site key</div>", "it reports an error: “ERROR for site owner"),
        ("<p>Video unavailable</p><p>This video is not available</p>", "it reports an error: “This video is not"),
        ("<ul><li>Lamp<li>Chair</ul>", None),
        ("", None),
        ("<p>" + "How to handle a bad gateway. " * 100 + "We are down for maintenance", None),
    ],
)
def test_an_error_in_a_fragment_is_found(source: str, words: str | None) -> None:
    found = error_in_html(source)

    assert found == words or (words and (found or "").startswith(words))
