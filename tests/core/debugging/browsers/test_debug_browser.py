"""A browser closes a page that refuses to."""

from core.config import Settings
from core.debugging.capture import capture
from core.schemas.session_options import SessionOptions, WatchMode
from tests.core.debugging.busy_site import BusySite


async def test_a_page_that_refuses_to_close_is_closed_in_time(site: BusySite, browser_settings: Settings) -> None:
    options = SessionOptions(
        watch=WatchMode.UNTIL_STOPPED, time_limit_seconds=1.0, has_screenshots=False, has_filmstrip=False
    )

    captured = await capture(f"{site.url}/slow", options, settings=browser_settings)

    assert captured.session.state == "COMPLETED"
    assert captured.session.error_message == "Not stopped within 1 s."
