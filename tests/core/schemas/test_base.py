"""All schemas share validation, updates and error messages."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from core import schemas
from core.errors import InvalidInput
from core.models import HTTPMethod, MonitorStatus, NetworkEvent, NetworkEventType
from core.schemas import (
    DebugSessionCreate,
    DowntimeWindowCreate,
    MonitorCheckCreate,
    MonitorCheckListResponse,
    NetworkEventCreate,
    explain,
)
from core.schemas.configuration import Configuration
from core.schemas.status_page import StatusPageCreate
from tests.factories import NOON, at

ENTITIES = ["Website", "MonitorCheck", "DowntimeWindow", "DebugSession", "NetworkEvent"]


@pytest.mark.parametrize("entity", ENTITIES)
@pytest.mark.parametrize("kind", ["Base", "Create", "Update", "Read", "ListResponse"])
def test_every_entity_has_all_schemas_and_they_read_rows(entity: str, kind: str) -> None:
    schema = getattr(schemas, entity + kind)

    assert schema.model_config["from_attributes"] is True
    if kind == "ListResponse":
        assert {"items", "total", "page", "page_size"} == set(schema.model_fields)


def test_a_naive_time_is_read_as_utc_and_another_zone_is_converted() -> None:
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - the point
    tokyo = datetime(2026, 3, 1, 21, tzinfo=timezone(timedelta(hours=9)))

    for given in (naive, tokyo):
        check = MonitorCheckCreate(website_id=1, status=MonitorStatus.UP, checked_at=given)
        assert check.checked_at == NOON
        assert check.checked_at.tzinfo is UTC


@pytest.mark.parametrize("given", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-01-01T00:00:00Z"])
def test_a_time_outside_the_calendar_is_rejected(given: str) -> None:
    with pytest.raises(ValidationError, match="Give an instant from the years 1 to 9000"):
        MonitorCheckCreate(website_id=1, status=MonitorStatus.UP, checked_at=given)


def test_the_schema_of_a_network_event_has_the_fields_of_its_row() -> None:
    of_the_store = {"id", "created_at", "month"}  # the month is that of the session
    columns = set(NetworkEvent.__table__.columns.keys()) - of_the_store

    assert set(NetworkEventCreate.model_fields) == columns


def test_methods_are_enums_where_possible_and_recorded_bodies_keep_their_spaces() -> None:
    facts = {"debug_session_id": 1, "event_type": NetworkEventType.REQUEST, "url": "u", "timestamp": NOON}

    assert NetworkEventCreate.model_validate({**facts, "method": "GET"}).method is HTTPMethod.GET
    assert NetworkEventCreate.model_validate({**facts, "method": "PROPFIND"}).method == "PROPFIND"
    assert NetworkEventCreate.model_validate({**facts, "request_payload": " a \n"}).request_payload == " a \n"


def test_a_debug_session_gets_a_key_of_its_own() -> None:
    assert DebugSessionCreate(website_id=1).session_key != DebugSessionCreate(website_id=1).session_key


def test_a_downtime_window_cannot_end_before_its_start() -> None:
    with pytest.raises(ValidationError) as refused:
        DowntimeWindowCreate(website_id=1, started_at=NOON, ended_at=at(-1))

    assert explain(refused.value) == "A downtime window cannot end before it started; check both times."


def test_a_page_of_a_list_contains_the_total() -> None:
    page = MonitorCheckListResponse(items=[], total=7, page=2, page_size=5)

    assert page.model_dump() == {"items": [], "total": 7, "page": 2, "page_size": 5}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"title": ""}, "title is required."),
        ({"password": "x"}, "password: must have at least 4 characters."),
        ({"is_published": "perhaps"}, "is_published: must be true or false."),
        ({"groups": 5}, "groups: must be a list."),
    ],
)
def test_errors_are_sentences_for_people(given: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        StatusPageCreate.checked({"slug": "ours", "title": "Ours"} | given)

    assert str(refused.value) == says


def test_each_invalid_field_has_a_sentence_for_its_input() -> None:
    with pytest.raises(InvalidInput) as refused:
        StatusPageCreate.checked({"slug": "ours", "title": "", "domain": "http://x"})

    assert str(refused.value) == "title is required."
    assert refused.value.by_field == {
        "title": "This is required.",
        "domain": "The domain is a host name without http:// and port, such as status.example.org.",
    }


def test_a_tag_with_a_nul_is_refused_everywhere() -> None:
    for schema in (schemas.WebsiteCreate, Configuration):
        with pytest.raises(ValidationError, match="contains a NUL character"):
            schema.model_validate({"url": "https://a.example", "version": 1, "tags": ["shop", "a\0b"]})


def test_a_nul_is_refused_at_any_depth() -> None:
    given = {"url": "https://a.example", "check_options": {"header_equals": {"A": "x\0"}}}

    with pytest.raises(InvalidInput, match="The field check_options contains a NUL character"):
        schemas.WebsiteCreate.checked(given)
    with pytest.raises(InvalidInput, match="The field name contains a NUL character"):
        schemas.ApiTokenCreate.checked({"name": "a\0b"})
    with pytest.raises(InvalidInput, match="The field check_options contains a NUL character"):
        schemas.WebsiteCreate.checked({**given, "check_options": json.loads("[" * 900 + '"\\u0000"' + "]" * 900)})
