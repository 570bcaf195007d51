"""Missing content, and failures of the page that explain it better."""

from core.diagnosis.diagnose import cause, diagnose
from core.diagnosis.kinds import Kind
from core.monitoring.verdict import Expectation
from tests.core.diagnosis.facts import check, evidence, exchange, session

UNMET = check(Expectation.BODY, http_status_code=200, error_message="The body should contain 'In stock'; it does not.")


def test_a_missing_bundle_comes_before_the_missing_text() -> None:
    known = evidence(
        checks=(UNMET,),
        session=session(exchange("/app.js", status_code=404)),
        good_session=session(exchange("/app.js")),
    )

    found = diagnose(known)

    assert [one.kind for one in found[:2]] == [Kind.SCRIPT_FAILED, Kind.CONTENT_CHANGED]
    assert "fail now as well" in found[1].why


def test_missing_files_of_another_page_explain_nothing() -> None:
    known = evidence(
        checks=(UNMET,),
        session=session(exchange("/sorry.js", status_code=404), title="Sorry"),
        good_session=session(exchange("/app.js"), title="Shop"),
    )

    first = cause(diagnose(known))

    assert first is not None
    assert first.kind is Kind.CONTENT_CHANGED


def test_a_missing_header_is_not_called_a_missing_body() -> None:
    words = "The header x-cache should be HIT; it is MISS."

    found = cause(diagnose(evidence(checks=(check(Expectation.HEADER, http_status_code=200, error_message=words),))))

    assert found is not None
    assert found.why == "The check examines the headers and the body of the response."
