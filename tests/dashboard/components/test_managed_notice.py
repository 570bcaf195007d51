"""What is said of that which a configuration file manages."""

from dashboard.components.managed_notice import managed_words


def test_what_is_managed_says_by_which_file_and_what_becomes_of_a_change() -> None:
    assert managed_words("shop") == "by the configuration file shop: what is changed here, its next application undoes"
