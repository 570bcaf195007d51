"""Items are divided into lists of limited length."""

from core.batches import batched


def test_the_last_batch_holds_the_rest() -> None:
    assert list(batched(iter("abcde"), 2)) == [["a", "b"], ["c", "d"], ["e"]]


def test_no_items_make_no_batch() -> None:
    assert list(batched([], 2)) == []
