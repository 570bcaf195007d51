"""The command of the demo."""

from pathlib import Path

import pytest

from dashboard.demo import serving


@pytest.mark.parametrize("argument", ["--port", "9000"])
def test_arguments_are_refused(
    argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))

    with pytest.raises(SystemExit) as ended:
        serving.main([argument])

    assert ended.value.code == 2 and argument in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
