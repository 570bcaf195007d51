"""The redaction key belongs to the installation, is created once and readable only by its owner."""

from pathlib import Path

from pydantic import SecretStr

from core.config import Settings
from core.debugging.redaction.masking import KEY_FILE, masks_for, redaction_key
from core.schemas.session_options import SessionOptions


def test_the_key_is_created_once_and_readable_only_by_its_owner(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    assert redaction_key(settings) == redaction_key(settings) == (tmp_path / "data" / KEY_FILE).read_bytes()
    assert (tmp_path / "data" / KEY_FILE).stat().st_mode & 0o077 == 0


def test_two_installations_mark_the_same_secret_differently(tmp_path: Path) -> None:
    marks = {
        masks_for(SessionOptions(), Settings(data_dir=tmp_path / name)).url("https://a.test/?token=1") for name in "ab"
    }

    assert len(marks) == 2


def test_the_configured_secret_key_is_used_and_no_file_is_created(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("s3cret-of-this-installation"))

    assert redaction_key(settings) == b"s3cret-of-this-installation"
    assert list(tmp_path.iterdir()) == []


def test_without_a_writable_data_folder_the_process_uses_its_own_key(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    assert len(redaction_key(Settings(data_dir=tmp_path / "file"))) == 32


def test_disabled_redaction_masks_nothing() -> None:
    assert (
        masks_for(SessionOptions(is_redacted=False), Settings()).url("https://a.test/?token=1")
        == "https://a.test/?token=1"
    )
