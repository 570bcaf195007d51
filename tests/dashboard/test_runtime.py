"""What every page says about whether websites are being checked."""

from pathlib import Path

from sqlalchemy import Engine

from core.config import Settings
from core.debugging.session import DebugSessions
from core.workers.monitor_link import MonitorLink
from dashboard.runtime import STORE_GONE, Runtime


def test_a_missing_store_file_is_reported_first(stored: Engine, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    runtime = Runtime(settings=settings, engine=stored, monitor=MonitorLink(), sessions=DebugSessions(settings))
    file, away = Path(stored.url.database or ""), tmp_path / "away"

    said = [runtime.trouble]
    file.rename(away)
    said.append(runtime.trouble)
    away.rename(file)
    said.append(runtime.trouble)

    assert said == [None, STORE_GONE, None]
