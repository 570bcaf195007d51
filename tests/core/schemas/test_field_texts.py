"""A schema says of a field what its docstring says, and of a dictionary what must be in it."""

from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from core.schemas.field_texts import ShapedAs, describe_fields
from core.schemas.notification_rule import NotificationRuleCreate
from core.schemas.website import WebsiteCreate, WebsiteRead, WebsiteUpdate


def _described(*models: type[BaseModel]) -> dict[str, Any]:
    definitions = {model.__name__: model.model_json_schema() for model in models}
    describe_fields(definitions)
    return {name: schema["properties"] for name, schema in definitions.items()}


def test_what_is_inherited_is_described() -> None:
    rule = _described(NotificationRuleCreate)["NotificationRuleCreate"]

    assert rule["remind_seconds"]["description"].startswith("How long after a failure was told it is told again")


def test_what_is_changed_and_read_is_described_as_what_is_made() -> None:
    made, changed, read = _described(WebsiteCreate, WebsiteUpdate, WebsiteRead).values()

    assert (
        made["auto_debug"]["description"] == "Whether its failures start debug sessions by themselves; null means yes."
    )
    assert (
        changed["auto_debug"]["description"] == read["auto_debug"]["description"] == made["auto_debug"]["description"]
    )


def test_what_has_no_docstring_is_left_alone() -> None:
    assert "description" not in _described(WebsiteRead)["WebsiteRead"]["created_at"]


class Shape(BaseModel):
    width: int


def test_a_dictionary_is_shown_by_what_must_be_in_it() -> None:
    adapter = TypeAdapter(Annotated[dict[str, Any] | None, ShapedAs(Shape, is_optional=True)])

    schema = adapter.json_schema()

    assert schema["anyOf"] == [{"$ref": "#/$defs/Shape"}, {"type": "null"}]
    assert schema["$defs"]["Shape"]["properties"]["width"]["type"] == "integer"
    assert adapter.validate_python({"anything": 1}) == {"anything": 1}
