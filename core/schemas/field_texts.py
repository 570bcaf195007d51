"""What the docstrings beneath fields say, put into a JSON Schema; read when a schema is made, not at every start."""

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
"""What follows a noun in the names of what answers have, and of what is changed."""
NONE = re.compile(r"\bNone\b")


class ShapedAs:
    """Says in a schema which models a dictionary must fit, as those do that a validator has looked at."""

    def __init__(self, *models: type[BaseModel], is_optional: bool = False) -> None:
        self._models = models
        self._none = [{"type": "null"}] if is_optional else []

    def __get_pydantic_json_schema__(self, _core_schema: object, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(_by_name(model)) for model in self._models] + self._none}


def describe_fields(definitions: dict[str, Any]) -> None:
    """Give each field of *definitions*, JSON Schemas by the names of their models, what its docstring says.

    A field without one has that of its noun's `…Create`.
    """
    models = {model.__name__: model for model in _below(BaseModel) if _is_ours(model)}
    for name, schema in definitions.items():
        alike = [models[one] for one in (NOUN.sub("Create", name), name) if one in models]
        texts = {field: text for model in alike for field, text in _texts(model).items()}
        for field, about in schema.get("properties", {}).items():
            if field in texts:
                about["description"] = texts[field]


def _by_name(model: type[BaseModel]) -> CoreSchema:
    """Its schema, for which a reference to its name is put; pydantic calls it the same where a field is of *model*."""
    schema: dict[str, Any] = dict(model.__pydantic_core_schema__)
    inner, beside = (schema["schema"], schema["definitions"]) if schema["type"] == "definitions" else (schema, [])
    ref = f"{model.__module__}.{model.__qualname__}:{id(model)}"
    return definitions_schema(definition_reference_schema(ref), [*beside, {**inner, "ref": ref}])


def _texts(model: type[BaseModel]) -> dict[str, str]:
    """By field, also of what it inherits; the nearest one holds."""
    ours = [one for one in reversed(model.__mro__) if _is_ours(one)]
    return {field: text for one in ours for field, text in _of_module(one.__module__).get(one.__name__, {}).items()}


def _is_ours(model: type) -> bool:
    return model.__module__.startswith(("core.", "dashboard."))


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[name]))
    return {node.name: dict(_beneath(node.body)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _beneath(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, text in pairwise(body):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                yield name, NONE.sub("null", inspect.cleandoc(said).replace("``", "`"))


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _below(one)
