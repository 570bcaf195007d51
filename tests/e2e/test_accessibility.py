"""Every page, in light and in dark, without a serious finding of axe."""

import pytest
from playwright.sync_api import Browser

from tests.accounts import sign_in
from tests.dashboard.axe import serious_findings
from tests.e2e.api import Api
from tests.e2e.conftest import Serve
from tests.e2e.site import Site


def test_no_page_has_a_serious_finding(serve: Serve, site: Site, browser: Browser, subtests: pytest.Subtests) -> None:
    server = serve()
    api = Api(server)
    website = api.add_website(site.url)
    session = api.finished_debug_session(website)
    paths = ["/", f"/websites/{website}", "/downtime", "/debug-sessions", f"/debug-sessions/{session}", "/settings"]

    for path in paths:
        for scheme in ("light", "dark"):
            with subtests.test(path=path, scheme=scheme):
                assert findings(browser, server.url + path, scheme) == []


def findings(browser: Browser, url: str, scheme: str) -> list[str]:
    """What axe calls serious or worse on the page in *scheme*."""
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    sign_in(page.context)
    try:
        page.goto(url, wait_until="networkidle")
        return serious_findings(page)
    finally:
        page.close()
