"""JSON Schemas contain the docstrings of fields, and describe dict fields by their models."""

from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from core.schemas.field_texts import ShapedAs, describe_fields
from core.schemas.notification_rule import NotificationRuleCreate
from core.schemas.website import WebsiteCreate, WebsiteRead, WebsiteUpdate


def _described(*models: type[BaseModel]) -> dict[str, Any]:
    definitions = {model.__name__: model.model_json_schema() for model in models}
    describe_fields(definitions)
    return {name: schema["properties"] for name, schema in definitions.items()}


def test_inherited_fields_are_described() -> None:
    rule = _described(NotificationRuleCreate)["NotificationRuleCreate"]

    assert rule["remind_seconds"]["description"].startswith("The interval of reminders")


def test_update_and_read_schemas_share_the_descriptions_of_create() -> None:
    made, changed, read = _described(WebsiteCreate, WebsiteUpdate, WebsiteRead).values()

    assert made["auto_debug"]["description"] == "Whether failures start debug sessions automatically; null means yes."
    assert (
        changed["auto_debug"]["description"] == read["auto_debug"]["description"] == made["auto_debug"]["description"]
    )


def test_fields_without_a_docstring_have_no_description() -> None:
    assert "description" not in _described(WebsiteRead)["WebsiteRead"]["created_at"]


class Shape(BaseModel):
    width: int


def test_a_dict_field_is_described_by_its_model() -> None:
    adapter = TypeAdapter(Annotated[dict[str, Any] | None, ShapedAs(Shape, is_optional=True)])

    schema = adapter.json_schema()

    assert schema["anyOf"] == [{"$ref": "#/$defs/Shape"}, {"type": "null"}]
    assert schema["$defs"]["Shape"]["properties"]["width"]["type"] == "integer"
    assert adapter.validate_python({"anything": 1}) == {"anything": 1}
