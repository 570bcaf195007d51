"""Whether axe, a checker of accessibility, finds anything serious on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
# Quasar's bar for the requests of the page, which axe's own requests bring on the screen.
LEFT_OUT = {"exclude": [["#q-loading-bar"]]}


def serious_findings(page: Page) -> list[str]:
    """Each finding with the element that it means."""
    violations = Axe().run(page, context=LEFT_OUT).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}: {node.get('failureSummary', '')[:300]}"
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
