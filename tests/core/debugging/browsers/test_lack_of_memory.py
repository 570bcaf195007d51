"""An OOM kill is distinguished from a crash."""

from pathlib import Path

import pytest

from core.debugging.browsers.lack_of_memory import ADVICE, LackOfMemory


def told(root: Path, file: str, count: int) -> None:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"low 0\nmax 7\noom_kill {count}\noom_group_kill 0\n")


@pytest.mark.parametrize(
    ("groups", "file"),
    [
        ("0::/system.slice/watchwright.service\n", "sys/fs/cgroup/system.slice/watchwright.service/memory.events"),
        ("0::/../../outside\n", "sys/fs/cgroup/memory.events"),
        ("9:pids:/\n4:cpu,memory:/docker/7\n0::/\n", "sys/fs/cgroup/memory/docker/7/memory.oom_control"),
        ("4:memory:/docker/7\n", "sys/fs/cgroup/memory/memory.oom_control"),
        ("0::/\n", "proc/vmstat"),
    ],
    ids=["service", "container", "version 1", "container of version 1", "no group"],
)
def test_an_oom_kill_in_our_control_group_is_noticed(tmp_path: Path, groups: str, file: str) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(groups)
    told(tmp_path, file, 2)
    memory = LackOfMemory(tmp_path)
    before = memory.explained("The browser has ended.")

    told(tmp_path, file, 3)
    after = memory.explained("The browser has ended.")
    memory.begin()

    assert before == memory.explained("The browser has ended.") == "The browser has ended."
    assert after == f"The browser has ended: {ADVICE}"


def test_without_counters_nothing_is_explained(tmp_path: Path) -> None:
    assert not LackOfMemory(tmp_path).has_killed
