"""What the console says of dialogs."""

import pytest

from core.debugging.dialogs import MAX_MESSAGE, dialog_note, read_dialog


@pytest.mark.parametrize("kind", ["alert", "confirm", "prompt"])
def test_the_message_of_a_dialog_is_read_back_in_one_line(kind: str) -> None:
    note = dialog_note(kind, "DataTables warning:\n Ajax error")

    assert note == f"The page opened a dialog ({kind}), which was dismissed: DataTables warning:\n Ajax error"
    assert read_dialog(note) == "DataTables warning: Ajax error"


def test_a_long_message_is_cut() -> None:
    assert len(read_dialog(dialog_note("alert", "x" * 9_000)) or "") == MAX_MESSAGE


@pytest.mark.parametrize("note", [dialog_note("beforeunload", ""), "The page started a download", ""])
def test_other_notes_are_about_no_dialog(note: str) -> None:
    assert read_dialog(note) is None
