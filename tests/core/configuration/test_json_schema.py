"""The schema in docs is the one that the code has."""

import json
from pathlib import Path

from core.configuration.json_schema import json_schema

PUBLISHED = Path(__file__).parents[3] / "docs/configuration.schema.json"


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(PUBLISHED.read_text()) == json_schema(), "run `watchwright export --schema > docs/…`"


def test_every_text_may_come_from_the_environment() -> None:
    url = json_schema()["$defs"]["WebsiteEntry"]["properties"]["url"]

    assert {"$ref": "#/$defs/FromEnvironment"} in url["anyOf"]


def test_an_editor_knows_what_is_expected_of_an_answer_and_says_what_it_means() -> None:
    definitions = json_schema()["$defs"]

    assert {"$ref": "#/$defs/CheckOptions"} in definitions["WebsiteEntry"]["properties"]["check_options"]["anyOf"]
    assert definitions["CheckOptions"]["properties"]["json_equals"]["items"] == {"$ref": "#/$defs/JsonExpectation"}
    assert definitions["WebsiteEntry"]["properties"]["depends_on"]["description"].startswith("The URL of another")
