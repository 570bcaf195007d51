"""What a worker is given to open a page is what was asked for, secrets and all."""

from core.debugging.elsewhere import job_of, page_of
from core.schemas.session_options import BasicAuth, SessionCookie, SessionOptions


def test_a_job_holds_all_that_was_asked_for() -> None:
    options = SessionOptions(
        device="iPhone 15",
        extra_headers={"X-Api-Key": "secret"},
        cookies=[SessionCookie(name="sid", value="secret")],
        basic_auth=BasicAuth(username="ada", password="secret"),
        is_redacted=False,
    )

    assert page_of(job_of("https://ada:secret@shop.example/", options)) == ("https://ada:secret@shop.example/", options)
