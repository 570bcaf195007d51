"""Every operation answers as described, to generated requests both valid and invalid."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN

AS_ADMINISTRATOR = {"Host": "127.0.0.1:8080", "Cookie": f"{COOKIE}={COOKIE_TOKEN}", "Authorization": ""}
"""Nobody else's token, which the tool would make up."""
LEFT_OUT = frozenset(
    {
        ("post", "/api/v1/debug-sessions"),  # starts a browser
        ("post", "/api/v1/notification-channels/{channel_id}/test"),  # sends a message to the example's address
        ("delete", "/api/v1/me/sign-ins/{sign_in_id}"),  # might end the sign-in that the other requests use
    }
)
LINES = "/api/v1/audit-events.jsonl"  # JSON lines, which the tool would parse as one document
CHECKS: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 2, GenerationMode.NEGATIVE: 1}  # for each operation, some 250 requests together


@pytest.mark.timeout(300)
def test_generated_requests_get_described_responses(app: FastAPI, subtests: pytest.Subtests) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=AS_ADMINISTRATOR)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 60

    for operation in operations:
        if (operation.method, operation.path) in LEFT_OUT:
            continue
        with subtests.test(operation=operation.label):
            for strategy, examples in _asked(operation):
                _hold(strategy, examples, but_for=operation.path == LINES)


def _asked(operation: Any) -> Iterator[tuple[Any, int]]:
    for mode, examples in EXAMPLES.items():
        yield operation.as_strategy(generation_mode=mode), examples


def _hold(strategy: Any, examples: int, *, but_for: bool) -> None:
    """Send *examples* generated requests, the same ones in each run."""
    held = CHECKS[:-1] if but_for else CHECKS

    @seed(1)
    @settings(
        max_examples=examples,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case: Any) -> None:
        answer = case.call(headers=AS_ADMINISTRATOR)
        assert answer.status_code != 401, "nothing is tried where nobody is let in"
        case.validate_response(answer, checks=held)

    with suppress(Unsatisfiable):  # an operation without input has no invalid request
        ask()
