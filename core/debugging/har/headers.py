"""Converts headers and cookies to HAR 1.2. Pure."""

from typing import Any

from core.debugging.headers import header_value


def pairs(headers: dict[str, str] | None) -> list[dict[str, str]]:
    """Return a name and value for each header line; the store joins the values of a repeated header with line feeds."""
    return [{"name": name, "value": value} for name, joined in (headers or {}).items() for value in joined.split("\n")]


def request_cookies(headers: dict[str, str] | None) -> list[dict[str, str]]:
    """Return the cookies of a ``Cookie`` header."""
    pairs = [pair.partition("=") for pair in header_value(headers, "cookie").split("; ") if pair]
    return [{"name": name, "value": value} for name, _equals, value in pairs]


def response_cookies(headers: dict[str, str] | None) -> list[dict[str, Any]]:
    """Return the cookies of a ``Set-Cookie`` header; several are joined with line feeds."""
    lines = [line for line in header_value(headers, "set-cookie").split("\n") if line]
    return [_cookie(line) for line in lines]


def _cookie(line: str) -> dict[str, Any]:
    pair, *attributes = line.split(";")
    name, _equals, value = pair.partition("=")
    cookie: dict[str, Any] = {"name": name.strip(), "value": value}
    for attribute in attributes:
        key, _equals, text = attribute.strip().partition("=")
        match key.lower():
            case "path" | "domain" | "samesite":
                cookie["sameSite" if key.lower() == "samesite" else key.lower()] = text
            case "httponly":
                cookie["httpOnly"] = True
            case "secure":
                cookie["secure"] = True
    return cookie
