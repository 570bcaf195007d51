"""Defines the settings: every ``WATCHWRIGHT_*`` variable with its unit and default."""

import json
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.addresses import AddressPolicy, Rule, bracketed
from core.errors import InvalidSetting
from core.input_messages import problem_message
from core.store_url import normal_store_url

PREFIX = "WATCHWRIGHT_"
REGION_NAME = r"^[a-z0-9-]{1,32}$"
"""The pattern of a region's name."""
SECRET_FIELDS = (
    "database_url",
    "secret_key",
    "browser_endpoint",
    "oidc_client_secret",
)  # may contain a password: errors do not repeat their values


def _address(value: str) -> str:
    if value != "localhost":
        try:
            ip_address(value)
        except ValueError as error:
            raise ValueError("must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all") from error
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be the address that people use, such as https://watch.example.com")
    return value.rstrip("/")


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    is_local = parts.hostname == "localhost" or (parts.hostname or "").startswith("127.")
    if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not is_local):
        raise ValueError("must be the issuer of an OpenID Connect provider, such as https://login.example.org/realms/a")
    return value


def _role_rules(value: frozenset[str]) -> frozenset[str]:
    for text in value:
        claim, equals, role = text.rpartition("=")
        if not (claim.strip() and equals) or role.strip().upper() not in ("VIEWER", "EDITOR", "ADMINISTRATOR"):
            raise ValueError("must be pairs such as ops=administrator,developers=editor,*=viewer")
    return value


def _home(value: Path) -> Path:
    try:
        return value.expanduser().absolute()
    except RuntimeError as error:
        raise ValueError("must be an absolute path, because the current user has no home folder") from error


def _data_folder() -> Path:
    try:
        return user_data_path("watchwright", appauthor=False)
    except RuntimeError as error:  # no HOME, and the user is in no user list, as in some containers
        reason = "Set it to a folder for the database, because the current user has no home folder."
        raise InvalidSetting(f"{PREFIX}DATA_DIR is not set. {reason}", {"data_dir": reason}) from error


def _endpoints(value: str) -> str:
    endpoints = [endpoint.strip() for endpoint in value.split(",")]
    if not all(map(_is_endpoint, endpoints)):
        raise ValueError(
            "must be ws://HOST:PORT of a Playwright server or http://HOST:PORT of a CDP one, or several with commas"
        )
    return ",".join(endpoints)


def _is_endpoint(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("ws", "wss", "http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no host of the kind, or no port
        return False


def _resolver(value: str) -> str:
    address, colon, port = value.rpartition(":") if value.count(":") == 1 or "]" in value else (value, "", "53")
    try:
        ip_address(address.strip("[]"))
        is_port = not colon or 0 < int(port) < 65_536
    except ValueError:
        is_port = False
    if value not in ("off", "auto") and not is_port:
        raise ValueError("must be the address of a name server, such as 1.1.1.1 or 127.0.0.1:5353, or auto, or off")
    return value


def _names(value: object) -> object:
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _rules(value: frozenset[str]) -> frozenset[str]:
    for text in value:
        Rule.parse(text)
    return value


def _proxies(value: frozenset[str]) -> frozenset[str]:
    for text in value:
        try:
            ip_network(text)
        except ValueError as error:
            raise ValueError("must be addresses or networks, such as 127.0.0.1,10.0.0.0/8") from error
    return value


def _canaries(value: frozenset[str]) -> frozenset[str]:
    for text in value:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be URLs of highly available services, such as https://example.org,https://1.1.1.1")
    return value


def _on_postgresql(value: bool, info: ValidationInfo) -> bool:
    if value and not str(info.data.get("database_url", "")).startswith("postgresql"):
        raise ValueError("a fleet needs PostgreSQL. Set WATCHWRIGHT_DATABASE_URL")
    return value


def _region(value: str | None, info: ValidationInfo) -> str | None:
    if value is not None and not re.fullmatch(REGION_NAME, value):
        raise ValueError("must be a name of up to 32 small letters, digits and hyphens, such as eu-west")
    if value is not None and not str(info.data.get("database_url", "")).startswith("postgresql"):
        raise ValueError("regions need PostgreSQL. Set WATCHWRIGHT_DATABASE_URL")
    if value is not None and not info.data.get("fleet"):
        raise ValueError("regions need a fleet. Set WATCHWRIGHT_FLEET=true for all processes on the database")
    return value


RoleRules = Annotated[frozenset[str], NoDecode, BeforeValidator(_names), AfterValidator(_role_rules)]
Canaries = Annotated[frozenset[str], NoDecode, BeforeValidator(_names), AfterValidator(_canaries)]
Proxies = Annotated[frozenset[str], NoDecode, BeforeValidator(_names), AfterValidator(_proxies)]
Rules = Annotated[frozenset[str], NoDecode, BeforeValidator(_names), AfterValidator(_rules)]


class Settings(BaseSettings):
    """The settings of a process, read once at start and passed on from there."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    data_dir: Annotated[Path, AfterValidator(_home)] = Field(default_factory=_data_folder)
    """The folder for the database and everything else that must survive a restart."""
    database_url: Annotated[str, AfterValidator(normal_store_url)] = ""
    """The database: ``sqlite:///FILE`` or ``postgresql://…``; empty means SQLite in `data_dir`."""
    host: Annotated[str, AfterValidator(_address)] = "127.0.0.1"
    """The address to listen on; beyond loopback the first account needs a code that the server prints."""
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    """The address that people use if a reverse proxy stands in front."""
    trusted_proxies: Proxies = frozenset({"127.0.0.1", "::1"})
    """Addresses and networks of reverse proxies whose forwarding headers are trusted."""
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    """The port to listen on."""
    drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0
    """When `serve` stops, ``/readyz`` fails for this long while requests are still served, for load balancers."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = "INFO"
    """The least severe messages that are logged."""
    secret_key: SecretStr | None = None
    """The key that seals secrets and hashes those in debug sessions; by default, one is created in `data_dir`."""
    monitor: bool = True
    """Whether `serve` checks websites too; otherwise `watchwright worker` does, perhaps on another machine."""
    fleet: Annotated[bool, AfterValidator(_on_postgresql)] = False
    """Whether every `serve` and `worker` on this database checks a share of the websites, not one all."""
    region: Annotated[str | None, AfterValidator(_region)] = None
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
    browser_endpoint: Annotated[str, AfterValidator(_endpoints)] | None = None
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
    second_resolver: Annotated[str, AfterValidator(_resolver)] = "auto"
    """The name server that is asked in addition to the system's resolver while a website fails: ``ADDRESS[:PORT]``;
    ``auto`` for the last one in the system's configuration, without its cache and hosts file; or ``off``."""
    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = None
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
