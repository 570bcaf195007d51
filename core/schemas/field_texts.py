"""Adds the docstrings of fields to JSON Schemas as descriptions. They are read when a schema is created."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import definition_reference_schema, definitions_schema

NOUN = re.compile("(Update|Read|Listed|WithStats|Made)$")
"""Suffixes of schemas that share the docstrings of the noun's `…Create` schema."""
NONE = re.compile(r"\bNone\b")


class ShapedAs:
    """Describes a dict field in a JSON Schema by the models that its validator uses."""

    def __init__(self, *models: type[BaseModel], is_optional: bool = False) -> None:
        self._models = models
        self._none = [{"type": "null"}] if is_optional else []

    def __get_pydantic_json_schema__(self, _core_schema: object, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(_by_name(model)) for model in self._models] + self._none}


def describe_fields(definitions: dict[str, Any]) -> None:
    """Add docstrings as descriptions to the fields of *definitions*, which are JSON Schemas by model name.

    A field without a docstring gets that of its noun's `…Create` schema.
    """
    models = {model.__name__: model for model in _below(BaseModel) if _is_ours(model)}
    for name, schema in definitions.items():
        alike = [models[model_name] for model_name in (NOUN.sub("Create", name), name) if model_name in models]
        texts = {field: text for model in alike for field, text in _texts(model).items()}
        for field, about in schema.get("properties", {}).items():
            if field in texts:
                about["description"] = texts[field]


def _by_name(model: type[BaseModel]) -> CoreSchema:
    """Return the schema of *model* as a named reference, with the name that pydantic uses for fields of this type."""
    schema: dict[str, Any] = dict(model.__pydantic_core_schema__)
    inner, beside = (schema["schema"], schema["definitions"]) if schema["type"] == "definitions" else (schema, [])
    ref = f"{model.__module__}.{model.__qualname__}:{id(model)}"
    return definitions_schema(definition_reference_schema(ref), [*beside, {**inner, "ref": ref}])


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstrings by field, including inherited ones; those of the nearest class win."""
    ours = [base for base in reversed(model.__mro__) if _is_ours(base)]
    return {field: text for base in ours for field, text in _of_module(base.__module__).get(base.__name__, {}).items()}


def _is_ours(model: type) -> bool:
    return model.__module__.startswith(("core.", "dashboard."))


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    return {node.name: dict(_field_docstrings(node.body)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _field_docstrings(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(docstring))):
                yield name, NONE.sub("null", inspect.cleandoc(docstring).replace("``", "`"))


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for subclass in model.__subclasses__():
        yield subclass
        yield from _below(subclass)
