"""Run axe, an accessibility checker, and fail on serious findings."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SERIOUS = ("serious", "critical")
# Quasar's loading bar, which axe's own requests show.
LEFT_OUT = {"exclude": [["#q-loading-bar"]]}


def serious_findings(page: Page) -> list[str]:
    """Each finding with its element."""
    violations = Axe().run(page, context=LEFT_OUT).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]}: {node.get('failureSummary', '')[:300]}"
        for violation in violations
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]
