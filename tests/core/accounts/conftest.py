"""A store for `in_session`."""

import pytest

from core.sealing import Sealer


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(b"a key for tests")
