"""Settings: every ``WATCHWRIGHT_*`` variable with its unit and its default."""

from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from core.errors import InvalidSetting

PREFIX = "WATCHWRIGHT_"


def _store_url(value: str) -> str:
    if not value:
        return value
    try:
        backend = make_url(value).get_backend_name()
    except ArgumentError:
        backend = ""
    if backend not in ("sqlite", "postgresql"):
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return value.replace("postgresql://", "postgresql+psycopg://", 1)


def _endpoint(value: str) -> str:
    if value.split("://", 1)[0] not in ("ws", "wss", "http", "https"):
        raise ValueError("must be ws://HOST:PORT of a Playwright server or http://HOST:PORT of a CDP one")
    return value


def _names(value: object) -> object:
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """What may be set from outside, read once at start and passed on from there."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=lambda: user_data_path("watchwright", appauthor=False))
    """The folder for the store and whatever else must outlive a restart."""
    database_url: Annotated[str, AfterValidator(_store_url)] = ""
    """The store: ``sqlite:///FILE`` or ``postgresql://…``; empty means SQLite in `data_dir`."""
    host: str = "127.0.0.1"
    """The address to listen on; a loopback one."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least severe message that is logged."""
    secret_key: SecretStr | None = None
    """Signs the cookies of the pages; made at first start and kept in `data_dir` when not given."""
    browser_executable: Path | None = None
    """The browser that debug sessions open; found by itself when not given."""
    browser_endpoint: Annotated[str, AfterValidator(_endpoint)] | None = None
    """A remote browser: ``ws://`` of a Playwright server, ``http://`` of a CDP one."""
    max_browsers: Annotated[int, Field(ge=1, le=64)] = 2
    """Debug sessions that may run at once; further ones wait."""
    redact_names: Annotated[frozenset[str], NoDecode, BeforeValidator(_names)] = frozenset()
    """Further names of headers, parameters and fields whose values are masked, separated by commas."""

    @classmethod
    def load(cls) -> "Settings":
        """Read the environment.

        Raises:
            InvalidSetting: A variable has a value it may not have; the message names both.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper()
            reason = first["msg"].removeprefix("Value error, ")
            raise InvalidSetting(f"{name}={first['input']!r} cannot be used: {reason}.") from error

    @property
    def store_url(self) -> str:
        """`database_url`, or SQLite in `data_dir` where that is empty."""
        return self.database_url or f"sqlite:///{self.data_dir / 'watchwright.sqlite3'}"
