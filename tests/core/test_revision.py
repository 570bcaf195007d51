"""The latest and known revisions are the same as Alembic's own."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from core import revision


def test_latest_and_known_revisions_match_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(revision.migrations()))

    script = ScriptDirectory.from_config(config)
    assert revision.latest_revision() == script.get_current_head()
    assert revision.known_revisions() == {one.revision for one in script.walk_revisions()}


def test_a_revision_resolves_from_its_beginning_or_steps() -> None:
    *_older, before, last = revision.chain()

    assert [
        revision.resolve_revision(given, before) for given in ("head", "head-1", "+1", before[:6], before, "-0")
    ] == [
        last,
        before,
        last,
        before,
        before,
        before,
    ]
    assert revision.resolve_revision("base+1", last) == "001"
    assert revision.resolve_revision("001-1", last) == revision.BASE
    assert revision.resolve_revision(last, "made by a newer version") == last
    assert revision.resolve_revision("+1", "newer") is None
