"""``/api/docs``: the OpenAPI description as one HTML page without scripts and external files."""

import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from dashboard.html_templates import templates

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def render(description: dict[str, Any], *, body_class: str) -> str:
    """Return the page for an OpenAPI *description*; *body_class* sets the theme."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            groups.setdefault((operation.get("tags") or ["other"])[0], []).append(
                {
                    "method": method.upper(),
                    "path": path,
                    "description": operation.get("description") or operation.get("summary", ""),
                    "parameters": operation.get("parameters", []),
                    "body": _fields(operation.get("requestBody"), description),
                    "answers": ", ".join(operation["responses"]),
                }
            )
    return templates.get_template("api_docs.html").render(
        api=description, groups=list(groups.items()), body_class=body_class, coded=_coded
    )


def _coded(words: str) -> Markup:
    """Return *words* with the parts between backticks as code."""
    parts = re.split("`+", words)
    return Markup().join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


def _fields(body: dict[str, Any] | None, description: dict[str, Any]) -> list[dict[str, str]]:
    """Return the fields of a JSON body, each followed by its nested fields."""
    if not body:
        return []
    return list(_below("", body["content"]["application/json"]["schema"], description["components"]["schemas"]))


def _below(prefix: str, about: dict[str, Any], schemas: dict[str, Any]) -> Iterator[dict[str, str]]:
    for name in _names(about):
        required = schemas[name].get("required", [])
        for field, within in schemas[name].get("properties", {}).items():
            yield {
                "name": prefix + field,
                "type": _type(within) + ("" if field in required else ", optional"),
                "description": within.get("description", ""),
            }
            yield from _below(f"{prefix}{field}.", within, schemas)


def _names(about: dict[str, Any]) -> list[str]:
    """Return the names of the models that a value, or a list's items, may have."""
    if "$ref" in about:
        return [str(about["$ref"]).rpartition("/")[2]]
    within = [*about.get("anyOf", []), *([about["items"]] if isinstance(about.get("items"), dict) else [])]
    return [name for node in within for name in _names(node)]


def _type(about: dict[str, Any]) -> str:
    if "anyOf" in about:
        return " or ".join(_type(choice) for choice in about["anyOf"])
    return str(about.get("type") or about.get("$ref", "any").rpartition("/")[2])
