"""Checks and normalises the values of settings. Pure."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo
from pydantic_settings import NoDecode

from core.addresses import Rule
from core.store_url import normal_store_url

REGION_NAME = r"^[a-z0-9-]{1,32}$"
"""The pattern of a region's name."""
SHORTEST_KEY = 16  # characters; shorter ones can be found by trying all values


def _listening_address(value: str) -> str:
    if value != "localhost":
        try:
            ip_address(value)
        except ValueError as error:
            raise ValueError("must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all") from error
    return value


def _web_address(value: str, *schemes: str) -> SplitResult | None:
    """Return the parts of an address with a scheme and a host; None if it is no such address.

    The host must be as browsers send it: other letters than a to z as ``xn--…``.
    """
    try:
        parts = urlsplit(value)
        is_port = parts.port != 0
    except ValueError:  # the port is no number, or a bracket is not closed
        return None
    is_host = re.fullmatch(r"[\w.:-]+", parts.hostname or "", re.ASCII) is not None
    is_usable = parts.scheme in schemes and is_host and is_port and not re.search(r"\s", value)
    return parts if is_usable else None


def _is_bare(parts: SplitResult) -> bool:
    """Whether the address has no more than scheme, host, port and path."""
    return not (parts.query or parts.fragment or "@" in parts.netloc)


def _public_url(value: str) -> str:
    parts = _web_address(value, "http", "https")
    if parts is None or not _is_bare(parts):
        raise ValueError(
            "must be the address that people use, such as https://watch.example.com, with a port or path if it has one"
        )
    return value.rstrip("/")


def _issuer(value: str) -> str:
    parts = _web_address(value, "http", "https")
    if parts is None or not _is_bare(parts) or (parts.scheme == "http" and not _is_loopback(parts.hostname or "")):
        raise ValueError("must be the issuer of an OpenID Connect provider, such as https://login.example.org/realms/a")
    return value


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.")


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


def _endpoints(value: str) -> str:
    endpoints = [endpoint.strip() for endpoint in value.split(",")]
    if not all(_web_address(endpoint, "ws", "wss", "http", "https") for endpoint in endpoints):
        raise ValueError(
            "must be ws://HOST:PORT of a Playwright server or http://HOST:PORT of a CDP one, or several with commas"
        )
    return ",".join(endpoints)


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
    try:
        return frozenset(map(_network, value))
    except ValueError as error:
        raise ValueError("must be addresses or networks, such as 127.0.0.1,10.0.0.0/8") from error


def _network(text: str) -> str:
    return str(ip_network(text, strict=False) if "/" in text else ip_address(text))


def _canaries(value: frozenset[str]) -> frozenset[str]:
    if not all(_web_address(text, "http", "https") for text in value):
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


def _key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().strip()) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters, such as the output of `openssl rand -hex 32`")
    return value


UsersPath = Annotated[Path, AfterValidator(_home)]
StoreUrl = Annotated[str, AfterValidator(normal_store_url)]
ListeningAddress = Annotated[str, AfterValidator(_listening_address)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]
Key = Annotated[SecretStr, AfterValidator(_key)]
Fleet = Annotated[bool, AfterValidator(_on_postgresql)]
Region = Annotated[str | None, AfterValidator(_region)]
Endpoints = Annotated[str, AfterValidator(_endpoints)]
Resolver = Annotated[str, AfterValidator(_resolver)]
Issuer = Annotated[str, AfterValidator(_issuer)]
Names = Annotated[frozenset[str], NoDecode, BeforeValidator(_names)]
RoleRules = Annotated[Names, AfterValidator(_role_rules)]
Canaries = Annotated[Names, AfterValidator(_canaries)]
Proxies = Annotated[Names, AfterValidator(_proxies)]
Rules = Annotated[Names, AfterValidator(_rules)]
