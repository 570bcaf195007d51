"""The notice on objects that a configuration file manages."""

from dashboard.components.managed_notice import managed_words


def test_the_notice_names_the_file_and_warns_about_changes() -> None:
    words = "by the configuration file shop. The next `watchwright apply` undoes changes made here"

    assert managed_words("shop") == words
