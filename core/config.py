"""Defines the settings: every ``WATCHWRIGHT_*`` variable with its unit and default."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.addresses import AddressPolicy, bracketed
from core.errors import InvalidSetting
from core.input_messages import problem_message
from core.setting_values import (
    Canaries,
    Endpoints,
    Fleet,
    Issuer,
    Key,
    ListeningAddress,
    LogLevel,
    Names,
    Proxies,
    PublicUrl,
    Region,
    Resolver,
    RoleRules,
    Rules,
    StoreUrl,
    UsersPath,
)

PREFIX = "WATCHWRIGHT_"
SECRET_FIELDS = (
    "database_url",
    "secret_key",
    "browser_endpoint",
    "oidc_client_secret",
)  # may contain a password: errors do not repeat their values


def _data_folder() -> Path:
    try:
        return user_data_path("watchwright", appauthor=False)
    except RuntimeError as error:  # no HOME, and the user is in no user list, as in some containers
        reason = "Set it to a folder for the database, because the current user has no home folder."
        raise InvalidSetting(f"{PREFIX}DATA_DIR is not set. {reason}", {"data_dir": reason}) from error


class Settings(BaseSettings):
    """The settings of a process, read once at start and passed on from there."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    data_dir: UsersPath = Field(default_factory=_data_folder)
    """The folder for the database and everything else that must survive a restart."""
    database_url: StoreUrl = ""
    """The database: ``sqlite:///FILE`` or ``postgresql://…``; empty means SQLite in `data_dir`."""
    host: ListeningAddress = "127.0.0.1"
    """The address to listen on; beyond loopback the first account needs a code that the server prints."""
    public_url: PublicUrl | None = None
    """The address that people use if a reverse proxy stands in front."""
    trusted_proxies: Proxies = frozenset({"127.0.0.1", "::1"})
    """Addresses and networks of reverse proxies whose forwarding headers are trusted."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """The port to listen on."""
    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0
    """When `serve` stops, ``/readyz`` fails for this long while requests are still served, for load balancers."""
    log_level: LogLevel = "INFO"
    """The least severe messages that are logged."""
    secret_key: Key | None = None
    """The key that seals secrets and hashes those in debug sessions; by default, one is created in `data_dir`."""
    monitor: bool = True
    """Whether `serve` checks websites too; otherwise `watchwright worker` does, perhaps on another machine."""
    fleet: Fleet = False
    """Whether every `serve` and `worker` on this database checks a share of the websites, not one all."""
    region: Region = None
    """Where this worker runs: it checks websites that name this region, and a share of those that name none."""
    down_retries: Annotated[int, Field(ge=0, le=20)] = 2
    """Further failed checks after the first one before a website is DOWN."""
    up_confirmations: Annotated[int, Field(ge=1, le=20)] = 1
    """Good checks in a row before a website that was down is UP again."""
    retry_seconds: Annotated[float, Field(ge=1, le=3_600)] = 5.0
    """The interval of checks of a failing website, until it is up again."""
    flapping_changes: Annotated[int, Field(ge=0, le=1_000)] = 6
    """A website that goes down or comes back more often than this within an hour is flapping; 0 for never."""
    canaries: Canaries = frozenset()
    """URLs that are requested when a website fails: if none of them answers, our own network has failed."""
    certificate_days: Annotated[int, Field(ge=0, le=365)] = 14
    """A website whose certificate expires in fewer days is DEGRADED; 0 to ignore certificates until they expire."""
    retention_checks_days: Annotated[int, Field(ge=1, le=36_500)] = 30
    """Checks older than this are deleted; uptime and downtime windows are kept for ever."""
    retention_minutely_days: Annotated[int, Field(ge=1, le=36_500)] = 7
    """Statistics per minute that are older are deleted."""
    retention_hourly_days: Annotated[int, Field(ge=1, le=36_500)] = 365
    """Statistics per hour that are older are deleted; charts of older days show one point per day."""
    retention_daily_days: Annotated[int, Field(ge=0, le=36_500)] = 0
    """Statistics per day that are older are deleted; 0 to keep them for ever."""
    retention_sessions_days: Annotated[int, Field(ge=0, le=36_500)] = 14
    """Older automatic debug sessions are deleted, unless pinned or part of a downtime window; 0 for never."""
    browser_executable: Path | None = None
    """The browser for debug sessions; found automatically if not set."""
    browser_endpoint: Endpoints | None = None
    """Remote browsers: ``ws://`` of a Playwright server or ``http://`` of a CDP one; separated by commas."""
    max_browsers: Annotated[int, Field(ge=0, le=64)] = 2
    """Debug sessions that run here at once; further ones wait. With 0, all wait for `worker --queues sessions`."""
    fleet_browsers: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Debug sessions that run at once on all machines of the database; further ones wait. 0 for no limit."""
    allow: Rules = frozenset()
    """Hosts, networks and ports that probes, browsers and notifications may reach in spite of other rules."""
    deny: Rules = frozenset()
    """Hosts, networks and ports that they may not reach."""
    private_networks: bool = True
    """Whether they may reach networks that are not the internet: loopback, 10.0.0.0/8 and the like."""
    auto_sessions_per_hour: Annotated[int, Field(ge=0, le=3_600)] = 60
    """Automatic debug sessions (failures, recoveries, baselines) per hour, in total; 0 for none."""
    auto_sessions_per_website: Annotated[int, Field(ge=0, le=60)] = 6
    """Automatic debug sessions per hour for one website."""
    auto_cooldown_seconds: Annotated[float, Field(ge=0, le=86_400)] = 120.0
    """A website that fails again within this time after its last automatic session starts none."""
    baseline_hours: Annotated[float, Field(ge=0, le=720)] = 24.0
    """How often each website that is up gets a session for comparison with failures; 0 for never."""
    degraded_evidence_seconds: Annotated[float, Field(ge=0, le=86_400)] = 600.0
    """A website that is degraded for this long gets evidence like one that is down; 0 for never."""
    second_resolver: Resolver = "auto"
    """The name server that is asked in addition to the system's resolver while a website fails: ``ADDRESS[:PORT]``;
    ``auto`` for the last one in the system's configuration, without its cache and hosts file; or ``off``."""
    oidc_issuer: Issuer | None = None
    """The OpenID Connect provider by which people may sign in, in addition to passwords."""
    oidc_client_id: str | None = None
    """Watchwright's client id at the provider."""
    oidc_client_secret: SecretStr | None = None
    """The client's secret at the provider; none for a public client."""
    oidc_roles_claim: str | None = None
    """The claim with a person's groups or roles, such as ``groups`` or ``realm_access.roles``: it sets their role at
    each sign-in. If not set, new accounts get the role of ``*``, and administrators change roles."""
    oidc_roles: RoleRules = frozenset()
    """Which value of that claim gives which role, separated by commas; ``*`` matches everybody."""
    redact_names: Names = frozenset()
    """Further names of headers, parameters and fields whose values are masked, separated by commas."""

    @model_validator(mode="before")
    @classmethod
    def _strip(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Remove spaces around values, but not from the key: it would open no secret that it sealed before."""
        return {
            name: value.strip() if isinstance(value, str) and name != "secret_key" else value
            for name, value in values.items()
        }

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
            field = str(first["loc"][0])
            reason = problem_message(first)
            given = "" if field in SECRET_FIELDS else f"={str(first['input'])[:200]!r}"
            sentence = f"{PREFIX}{field.upper()}{given} cannot be used: {reason[:1].lower()}{reason[1:]}"
            raise InvalidSetting(sentence, {field: reason}) from error

    def to_line(self, **facts: str) -> bytes:
        """Serialise these settings and *facts* on one line for a child process; contains secrets."""
        hidden = {
            name: value for name in type(self).model_fields if isinstance(value := getattr(self, name), SecretStr)
        }
        fields = self.model_dump(mode="json") | {name: value.get_secret_value() for name, value in hidden.items()}
        return json.dumps({"settings": fields, "facts": facts}).encode()

    @classmethod
    def from_line(cls, line: bytes) -> tuple["Settings", dict[str, str]]:
        """Parse what `to_line` returned into settings and facts; does not read the environment."""
        content = json.loads(line)
        return cls.model_validate(content["settings"]), content["facts"]

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the listening address."""
        return self.host == "localhost" or ip_address(self.host).is_loopback

    @property
    def local_url(self) -> str:
        """The address of `serve`, such as ``http://127.0.0.1:8080``."""
        return f"http://{bracketed(self.host)}:{self.port}"

    @property
    def address_policy(self) -> AddressPolicy:
        """Where probes, browsers and notifications may connect."""
        return AddressPolicy.of(self.allow, self.deny, private=self.private_networks, own_port=self.port)

    @property
    def store_url(self) -> str:
        """`database_url`, or SQLite in `data_dir` if that is empty."""
        return self.database_url or f"sqlite:///{self.data_dir / 'watchwright.sqlite3'}"
