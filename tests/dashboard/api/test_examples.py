"""Each documented example is valid."""

from typing import Any

import pytest

from core import schemas
from core.schemas import api_token as token
from core.schemas import configuration, monthly_report, notification_channel, notification_rule, status_page, user
from dashboard.api import accounts, debug_sessions, downtime_windows
from dashboard.api.examples import BODIES

PLACES: tuple[Any, ...] = (
    schemas,
    configuration,
    monthly_report,
    notification_channel,
    notification_rule,
    status_page,
    user,
    token,
    accounts,
    debug_sessions,
    downtime_windows,
)


@pytest.mark.parametrize("name", BODIES)
def test_an_example_fits_its_schema(name: str) -> None:
    schema = next(getattr(place, name) for place in PLACES if hasattr(place, name))

    given = schema.model_validate(BODIES[name])

    assert given.model_fields_set == BODIES[name].keys()
