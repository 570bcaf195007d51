"""The published schema is the code's."""

import json
from pathlib import Path

from core.configuration.json_schema import json_schema

PUBLISHED = Path(__file__).parents[3] / "docs/configuration.schema.json"


def test_the_published_schema_is_up_to_date() -> None:
    assert json.loads(PUBLISHED.read_text()) == json_schema(), "run `watchwright export --schema > docs/…`"


def test_every_string_may_come_from_the_environment() -> None:
    url = json_schema()["$defs"]["WebsiteEntry"]["properties"]["url"]

    assert {"$ref": "#/$defs/FromEnvironment"} in url["anyOf"]


def test_the_schema_describes_check_options() -> None:
    definitions = json_schema()["$defs"]

    assert {"$ref": "#/$defs/CheckOptions"} in definitions["WebsiteEntry"]["properties"]["check_options"]["anyOf"]
    assert definitions["CheckOptions"]["properties"]["json_equals"]["items"] == {"$ref": "#/$defs/JsonExpectation"}
    assert definitions["WebsiteEntry"]["properties"]["depends_on"]["description"].startswith("The URL of another")
