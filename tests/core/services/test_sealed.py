"""The key of a store with sealed secrets is never replaced by a new one."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.config import Settings
from core.errors import StoreError
from core.sealing import KEY_FILE
from core.services.sealed import key_trouble, sealer_of
from tests.core.notifications.conftest import make_channel
from tests.factories import make_website


def test_a_store_without_sealed_secrets_gets_a_key(stored: Engine, tmp_path: Path) -> None:
    sealer_of(Settings(data_dir=tmp_path), stored)

    assert (tmp_path / KEY_FILE).exists()


def test_a_missing_key_is_reported_and_no_new_one_is_created(stored: Engine, tmp_path: Path) -> None:
    with Session(stored) as db:
        make_channel(db)
        db.commit()

    with pytest.raises(StoreError, match=r"secret\.key is missing"):
        sealer_of(Settings(data_dir=tmp_path), stored)

    assert not (tmp_path / KEY_FILE).exists()
    sealer_of(Settings(data_dir=tmp_path, secret_key="the very key of this installation"), stored)


def test_a_key_that_decrypts_nothing_is_reported(
    stored: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Session(stored) as db:
        make_channel(db)
        db.commit()
    (tmp_path / KEY_FILE).write_bytes(b"the key of another installation")

    sealer_of(Settings(data_dir=tmp_path), stored)

    assert "sealed with another key" in caplog.text


def test_a_websites_secrets_are_sealed_and_other_values_are_not(stored: Engine, tmp_path: Path) -> None:
    with Session(stored) as db:
        website = make_website(db)
        db.commit()
        assert key_trouble(Settings(data_dir=tmp_path), stored) is None

        website.check_options = {"bearer_token": "tok-5ecret"}
        db.commit()

    assert "is missing" in str(key_trouble(Settings(data_dir=tmp_path), stored))
