"""Masks the secrets in a website's stored options, and puts them back where input has masks. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MASKED = "[redacted]"
MASKED_IN_URL = MASKED.strip("[]")  # in URLs, brackets are reserved for IPv6 addresses

Options = dict[str, Any]
"""Options as JSON, as they are stored."""


def mask_check_options(options: Options) -> Options:
    """Return stored check options with password, token, body, header values and the proxy's password masked."""
    shown = dict(options)
    for name in ("bearer_token", "body"):
        if shown.get(name):
            shown[name] = MASKED
    if auth := shown.get("basic_auth"):
        shown["basic_auth"] = {**auth, "password": MASKED}
    if headers := shown.get("headers"):
        shown["headers"] = dict.fromkeys(headers, MASKED)
    if proxy := shown.get("proxy"):
        shown["proxy"] = _proxy_with(proxy, MASKED)
    return shown


def restore_check_options(given: Options, stored: Options | None) -> Options:
    """Return *given* check options with masks replaced by the *stored* secrets.

    Raises:
        ValueError: A mask has no stored secret.
    """
    stored = stored or {}
    kept = dict(given)
    for name in ("bearer_token", "body"):
        if kept.get(name) == MASKED:
            kept[name] = _kept_secret(stored.get(name), name)
    if auth := kept.get("basic_auth"):
        kept["basic_auth"] = _with_kept_password(auth, stored.get("basic_auth"))
    if headers := kept.get("headers"):
        kept["headers"] = _with_kept_values(headers, stored.get("headers"))
    if (proxy := kept.get("proxy")) and urlsplit(proxy).password == MASKED_IN_URL:
        password = urlsplit(stored.get("proxy") or "").password
        kept["proxy"] = _proxy_with(proxy, _kept_secret(password, "proxy's password"))
    return kept


def mask_session_options(options: Options) -> Options:
    """Return stored session options with password, cookie and header values masked, and no credentials of the proxy."""
    shown = dict(options)
    if auth := shown.get("basic_auth"):
        shown["basic_auth"] = {**auth, "password": MASKED}
    if cookies := shown.get("cookies"):
        shown["cookies"] = [{**cookie, "value": MASKED} for cookie in cookies]
    if headers := shown.get("extra_headers"):
        shown["extra_headers"] = dict.fromkeys(headers, MASKED)
    if proxy := shown.get("proxy"):
        parts = urlsplit(proxy)
        shown["proxy"] = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return shown


def restore_session_options(given: Options, stored: Options | None) -> Options:
    """Return *given* session options with masks, and the proxy's omitted credentials, replaced by the *stored* secrets.

    Raises:
        ValueError: A mask has no stored secret.
    """
    stored = stored or {}
    kept = dict(given)
    if auth := kept.get("basic_auth"):
        kept["basic_auth"] = _with_kept_password(auth, stored.get("basic_auth"))
    if cookies := kept.get("cookies"):
        known = {_place(cookie): cookie.get("value", "") for cookie in stored.get("cookies") or ()}
        kept["cookies"] = [_with_kept_cookie(cookie, known.get(_place(cookie))) for cookie in cookies]
    if headers := kept.get("extra_headers"):
        kept["extra_headers"] = _with_kept_values(headers, stored.get("extra_headers"))
    if kept.get("proxy") and kept["proxy"] == mask_session_options(stored).get("proxy"):
        kept["proxy"] = stored["proxy"]
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionSecrets:
    """How the secrets in one column are masked, and put back."""

    mask: Callable[[Options], Options]
    restore: Callable[[Options, Options | None], Options]


SECRETS_OF = {
    "check_options": OptionSecrets(mask=mask_check_options, restore=restore_check_options),
    "session_defaults": OptionSecrets(mask=mask_session_options, restore=restore_session_options),
}
"""By column of `core.models.Website`."""


def _with_kept_password(auth: Options, stored: Options | None) -> Options:
    if auth.get("password") != MASKED:
        return auth
    return {**auth, "password": _kept_secret(None if stored is None else stored.get("password", ""), "password")}


def _with_kept_values(headers: dict[str, str], stored: dict[str, str] | None) -> dict[str, str]:
    known = {name.lower(): value for name, value in (stored or {}).items()}
    return {
        name: _kept_secret(known.get(name.lower()), f"header {name}") if value == MASKED else value
        for name, value in headers.items()
    }


def _kept_secret(secret: str | None, name: str) -> str:
    """Return the stored *secret* that a mask stands for; refuse a mask without one."""
    if secret is None:
        raise ValueError(f"{MASKED} stands for a stored {name}, and none is stored; give it in full")
    return secret


def _with_kept_cookie(cookie: Options, stored: str | None) -> Options:
    return cookie | {"value": _kept_secret(stored, "cookie")} if cookie.get("value") == MASKED else cookie


def _place(cookie: Options) -> tuple[object, ...]:
    return cookie.get("name"), cookie.get("domain"), cookie.get("path", "/")


def _proxy_with(proxy: str, password: str) -> str:
    parts = urlsplit(proxy)
    if parts.password is None:
        return proxy
    _account, _at, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{password.strip('[]')}@{host}"))
