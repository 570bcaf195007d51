"""Converts the fields of the website form to and from `WebsiteCreate`. Pure."""

from typing import Any

from pydantic import ValidationError

from core.schemas import WebsiteCreate, explain_each
from core.schemas.url import as_typed
from dashboard.actions.websites import as_names
from dashboard.parsing import check_flags

BASE = ("url", "name", "description", "check_interval", "timeout", "tags", "depends_on", "regions", "quorum")
ACCOUNT = ("basic_user", "basic_password")


def fields_of(typed: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of `WebsiteCreate` for the *typed* values. An emptied description or option is removed.

    Raises:
        InvalidInput: A check option is invalid.
    """
    values = _base(typed)
    options = check_flags.options_of(_flags(typed))
    values |= {"is_public": bool(typed["is_public"])} if "is_public" in typed else {}
    return values | {"check_options": options.model_dump(mode="json", exclude_defaults=True) or None}


def problems(typed: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with each field, in one sentence each; problems of several fields under `NOT_TOGETHER`."""
    wrong = check_flags.problems(_flags(typed))
    if "basic_auth" in wrong:
        wrong["basic_user"] = wrong.pop("basic_auth")
    try:
        WebsiteCreate.model_validate(_base(typed))
    except ValidationError as error:
        wrong = explain_each(error) | {flag: words for flag, words in wrong.items() if flag}
    return wrong


def typed_of(website: dict[str, Any]) -> dict[str, Any]:
    """Return the form's values for *website*, whose secrets are masked."""
    flags = check_flags.flags_of(website.get("check_options") or {})
    username, _colon, password = (flags.pop("basic_auth") or "").partition(":")
    shown = {name: website.get(name) for name in (*BASE, *({"is_public"} & website.keys()))}
    shown["auto_debug"] = website.get("auto_debug") is not False
    listed = {name: ", ".join(shown[name] or []) for name in ("tags", "regions")}
    return shown | flags | listed | {"basic_user": username, "basic_password": password}


def _base(typed: dict[str, Any]) -> dict[str, Any]:
    values = {name: str(typed.get(name) or "").strip() for name in BASE}
    filled: dict[str, Any] = {name: value for name, value in values.items() if value or name == "description"}
    filled["depends_on"] = as_typed(values["depends_on"]) or None
    filled["regions"] = as_names(values["regions"]) or None
    filled["quorum"] = values["quorum"] or None
    filled["auto_debug"] = None if typed.get("auto_debug", True) else False
    return filled | {"url": as_typed(values["url"]), "tags": as_names(values["tags"])}


def _flags(typed: dict[str, Any]) -> dict[str, Any]:
    flags = {flag: typed.get(flag) for flag in check_flags.OPTIONS}
    user, password = (typed.get(name) or "" for name in ACCOUNT)
    return flags | {"basic_auth": {"username": user, "password": password} if user or password else None}
