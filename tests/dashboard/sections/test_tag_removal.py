"""The words of the dialog that deletes a tag."""

from dataclasses import replace

from core.services.tag_contents import TagContents
from dashboard.sections.tag_removal import deleted, kept

NOTHING = TagContents(
    tag=(1, "acme"),
    websites=[],
    rules=[],
    maintenance=[],
    reports=[],
    pages=[],
    kept_pages=[],
    unused_channels=[],
    managed_by=[],
)


def test_a_tag_without_anything_is_deleted_alone() -> None:
    assert list(deleted(NOTHING)) == [("The tag", [(1, "acme")])]
    assert list(kept(NOTHING)) == [("Accounts, API tokens and the audit log", ())]


def test_shared_objects_are_listed_as_kept() -> None:
    shared = replace(
        NOTHING,
        websites=[(1, "Blog"), (2, "Shop")],
        pages=[(1, "Acme")],
        kept_pages=[(2, "All")],
        unused_channels=[(3, "Chat")],
        managed_by=["acme.yaml"],
    )

    assert [words for words, _names in deleted(shared)] == [
        "2 websites with all checks, downtime windows, debug sessions and notifications",
        "1 status page with subscribers",
        "The tag",
    ]
    assert [words for words, _names in kept(shared)][:3] == [
        "1 status page that also shows others, without these websites",
        "1 notification channel that nothing else uses",
        "The configuration file acme.yaml. The next `watchwright apply` creates its part again",
    ]
