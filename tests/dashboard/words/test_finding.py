"""What to do about a finding."""

from core.diagnosis.kinds import Kind
from dashboard.words.finding import next_step


def test_each_kind_has_a_next_step() -> None:
    assert {kind for kind in Kind if next_step(kind) is None} == {Kind.OTHER}
    assert next_step("of a later version") is None
