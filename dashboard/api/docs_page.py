"""``/api/docs``: the OpenAPI description as one HTML page without scripts and external files."""

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def _coded(words: str) -> Markup:
    """Return *words* with the parts between backticks as code."""
    parts = re.split("`+", words)
    return Markup().join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))


_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_ENVIRONMENT.filters["coded"] = _coded
_TEMPLATE = _ENVIRONMENT.from_string("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · Watchwright</title><style>
:root { color-scheme: light dark; --line: light-dark(#e4e7ec, #262b35); --muted: light-dark(#667085, #8b95a5);
  --accent: light-dark(#4f46e5, #8b8bf9); --raised: light-dark(#f2f4f7, #1a1e26); }
:root:has(> .body--light) { color-scheme: light } :root:has(> .body--dark) { color-scheme: dark }
body { margin: 0 auto; max-width: 900px; padding: 32px 18px 80px; font: 14px/1.55 system-ui, sans-serif;
  background: light-dark(#ffffff, #0c0e13); color: light-dark(#101828, #e8ebf1); }
h1 { font-size: 24px } h2 { margin: 36px 0 8px; font-size: 17px; text-transform: capitalize }
details { border: 1px solid var(--line); border-radius: 10px; margin: 8px 0 }
summary { display: flex; flex-wrap: wrap; gap: 4px 14px; padding: 10px 14px; cursor: pointer }
code, b.method { font: 600 12.5px/1.6 ui-monospace, monospace } b.method { color: var(--accent); width: 54px }
.muted { color: var(--muted) } .body { padding: 2px 14px 12px; border-top: 1px solid var(--line) }
table { border-collapse: collapse; width: 100% } td { padding: 4px 12px 4px 0; vertical-align: top }
pre { overflow-x: auto; padding: 10px 14px; border-radius: 8px; background: var(--raised) }
a { color: var(--accent) }
</style></head><body class="{{ body_class }}"><main>
<h1>Watchwright API v1</h1><p>{{ api.info.description | coded }} The whole description:
<a href="openapi.json">openapi.json</a>.</p>
{% for tag, operations in groups %}
<h2>{{ tag }}</h2>
{% for operation in operations %}
<details><summary><b class="method">{{ operation.method }}</b><code>{{ operation.path }}</code>
<span class="muted">{{ operation.description | coded }}</span></summary><div class="body">
{% if operation.parameters %}<table>{% for parameter in operation.parameters %}
<tr><td><code>{{ parameter.name }}</code></td>
<td class="muted">{{ parameter.in }}{{ ", required" if parameter.required }}</td>
<td>{{ (parameter.description or "") | coded }}</td></tr>
{% endfor %}</table>{% endif %}
{% if operation.body %}<p class="muted">Body</p><table>{% for field in operation.body %}
<tr><td><code>{{ field.name }}</code></td><td class="muted">{{ field.type }}</td>
<td>{{ field.description | coded }}</td></tr>
{% endfor %}</table>{% endif %}
<p class="muted">Answers {{ operation.answers }}</p></div></details>
{% endfor %}{% endfor %}
</main></body></html>""")


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
    return _TEMPLATE.render(api=description, groups=list(groups.items()), body_class=body_class)


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
