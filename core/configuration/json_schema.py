"""Generates the JSON Schema of a configuration file, for editors and CI. Pure."""

from typing import Any

from core.schemas.configuration import Configuration
from core.schemas.field_texts import describe_fields

ID = "https://json-schema.org/draft/2020-12/schema"
FROM_ENVIRONMENT = "FromEnvironment"


def json_schema() -> dict[str, Any]:
    """Return the schema of `Configuration`, in which strings may be ``{env: NAME}``, which the command replaces."""
    schema = Configuration.model_json_schema()
    describe_fields(schema["$defs"] | {"Configuration": schema})
    definitions = {name: _open(definition) for name, definition in schema.pop("$defs").items()}
    definitions[FROM_ENVIRONMENT] = {
        "type": "object",
        "description": "The value of the environment variable with this name.",
        "properties": {"env": {"type": "string"}},
        "required": ["env"],
        "additionalProperties": False,
    }
    root: dict[str, Any] = _open(schema)
    return {"$schema": ID} | root | {"$defs": definitions}


def _open(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_open(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {name: value if name in ("const", "enum", "default") else _open(value) for name, value in schema.items()}
    if schema.get("type") == "string" and "enum" not in schema:
        kept = {name: opened.pop(name) for name in ("title", "description", "default") if name in opened}
        return kept | {"anyOf": [opened, {"$ref": f"#/$defs/{FROM_ENVIRONMENT}"}]}
    return opened
