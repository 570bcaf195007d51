"""Explains unknown fields in nested input, with a suggestion for misspelt ones. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from core.input_messages import no_such, problem_message
from core.schemas.check_options import CheckOptions
from core.schemas.session_options import SessionOptions

AS_DICT = {"check_options": CheckOptions, "session_defaults": SessionOptions}
"""The models of fields that are annotated as dicts but validated by a model."""


def words_at(model: type[BaseModel], problem: Any, path: Sequence[str | int]) -> str:
    """Return one of pydantic's errors of *model* as a sentence about the field at *path*."""
    if problem["type"] == "extra_forbidden":
        return no_such(str(path[-1]), _beside(model, path))
    return problem_message(problem)


def _beside(model: type[BaseModel], path: Sequence[str | int]) -> Iterable[str]:
    """Return the valid fields beside the one at *path*; empty if several models are possible."""
    models = [model]
    for name in (step for step in path[:-1] if isinstance(step, str)):
        fields = [owner.model_fields[name] for owner in models if name in owner.model_fields]
        if fields:  # otherwise the step is a dict key or a name of pydantic's
            models = [within for field in fields for within in _models(AS_DICT.get(name, field.annotation))]
    return models[0].model_fields if len(models) == 1 else ()


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
