"""The revision needed is the one that Alembic itself would say."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from core import revision


def test_the_needed_revision_is_that_of_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(revision.migrations()))

    script = ScriptDirectory.from_config(config)
    assert revision.needed() == script.get_current_head()
    assert revision.known() == {one.revision for one in script.walk_revisions()}


def test_a_revision_may_be_given_by_its_beginning_or_by_steps() -> None:
    *_older, before, last = revision.chain()

    assert [revision.meant(given, before) for given in ("head", "head-1", "+1", before[:6], before, "-0")] == [
        last,
        before,
        last,
        before,
        before,
        before,
    ]
    assert revision.meant("base+1", last) == "001"
    assert revision.meant("001-1", last) == revision.BASE
    assert revision.meant(last, "made by a newer version") == last
    assert revision.meant("+1", "newer") is None
