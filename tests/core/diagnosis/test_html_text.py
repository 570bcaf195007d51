"""The text that a page shows."""

from core.diagnosis.html_text import visible, visible_lines


def test_scripts_styles_and_comments_are_not_visible() -> None:
    source = "<style>a</style><!-- b --><p>Bread &amp; <b>butter</b></p><script>c</script><template>d"

    assert visible(source) == "Bread & butter"


def test_what_is_no_tag_is_visible() -> None:
    assert visible("<p>1 < 2, 3 > 2, <%= name %><?php echo 1 ?></p>") == "1 < 2, 3 > 2, <%= name %>"


def test_lines_end_at_line_breaks_and_at_blocks() -> None:
    source = "<h1>Error</h1><p><b>Warning</b>: no <i>price</i> in <code>a.php</code><br>line 3\nat b.php"

    assert visible_lines(source) == ["Error", "Warning: no price in a.php", "line 3", "at b.php"]


def test_a_sentence_that_the_source_wraps_is_one_line() -> None:
    sentence = "The proxy server received an invalid\r\nresponse from an upstream\nserver."

    assert visible_lines(f"<p>{sentence}<br>") == [
        "The proxy server received an invalid response from an upstream server."
    ]
    assert visible_lines("status: down\nreason: disk") == ["status: down", "reason: disk"]
