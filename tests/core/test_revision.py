"""The revision needed is the one that Alembic itself would say."""

from alembic.config import Config
from alembic.script import ScriptDirectory

from core import revision


def test_the_needed_revision_is_that_of_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(revision.migrations()))

    assert revision.needed() == ScriptDirectory.from_config(config).get_current_head()
