"""The headline, order, names and filter of the overview's list, run in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.phrases import isolated
from core.services.website import WebsiteName
from dashboard.components import website_list
from dashboard.words.website_names import distinct_names

VIEW = Path(website_list.__file__).with_name("view")


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"UP": 1}, "Your website is up"),
        ({"UP": 2}, "All 2 websites are up"),
        ({"PENDING": 2}, "Waiting for the first checks …"),
        ({"UP": 231, "PENDING": 69}, "No website is down; 69 websites not checked yet"),
        ({"UP": 2, "UNKNOWN": 1}, "No website is down; 1 website unknown"),
        ({"UP": 2, "FAILING": 1, "PENDING": 1}, "1 website failing"),
    ],
)
def test_the_headline_claims_no_more_than_is_known(page: Page, counts: dict[str, int], words: str) -> None:
    page.route("http://127.0.0.1:9/**", lambda asked: asked.fulfill(path=VIEW / Path(asked.request.url).name))
    page.goto("http://127.0.0.1:9/words.js")

    said = page.evaluate(
        "async (counts) => (await import('/summary.js')).headline({ counts, down: [] })",
        counts | {"ALL": sum(counts.values())},
    )

    assert said == words


@pytest.mark.parametrize("name", ["\u202eShop", "\u2067Shop", "\u05d7\u05e0\u05d5\u05ea"], ids=ascii)
def test_a_right_to_left_name_is_isolated(page: Page, name: str) -> None:
    page.route("http://127.0.0.1:9/**", lambda asked: asked.fulfill(path=VIEW / Path(asked.request.url).name))
    page.goto("http://127.0.0.1:9/words.js")

    said = page.evaluate(
        """async (name) => {
          const { headline } = await import('/summary.js'), { turn } = await import('/words.js');
          const down = [{ id: 1, name }];
          return [headline({ counts: { ALL: 1 }, down }), turn([], down)];
        }""",
        name,
    )

    assert said == [f"{isolated(name)} is down"] * 2


def test_equal_names_get_their_address(page: Page) -> None:
    page.route("http://127.0.0.1:9/**", lambda asked: asked.fulfill(path=VIEW / Path(asked.request.url).name))
    page.goto("http://127.0.0.1:9/words.js")
    websites = [
        WebsiteName(id=number, name=name, url=url)
        for number, (name, url) in enumerate(
            [
                ("shop.example", "https://shop.example/a"),
                ("shop.example", "https://shop.example:8443/b?c=1"),
                ("::1", "http://[::1]:81/"),
                ("::1", "http://[::1]:82/?a"),
                ("Blog", "http://blog.example/"),
                ("Blog", "http://other.example/"),
                ("Docs", "https://docs.example/"),
            ]
        )
    ]

    said = page.evaluate(
        "async (all) => { const { toldApart } = await import('/words.js'); return all.map(toldApart(all)); }",
        [{"name": one.name, "url": one.url} for one in websites],
    )

    assert said == [distinct_names(websites)[one.id] for one in websites]


def test_rows_are_sorted_by_status_then_latest_downtime_then_name(page: Page) -> None:
    page.route("http://127.0.0.1:9/**", lambda asked: asked.fulfill(path=VIEW / Path(asked.request.url).name))
    page.goto("http://127.0.0.1:9/rows.js")
    rows = [
        {"id": number, "name": name, "status": status, "since": since}
        for number, (name, status, since) in enumerate(
            [
                ("z", "UP", None),
                ("a", "DOWN", 100),
                ("b", "DOWN", 300),
                ("c", "DOWN", 200),
                ("y", "DEGRADED", None),
                ("d", "DOWN", 300),
                ("x", "UP", None),
            ]
        )
    ]

    names = page.evaluate(
        "async (all) => (await import('/rows.js')).sorted(all, { key: 'status', up: true }).map(({ name }) => name)",
        rows,
    )

    assert names == ["b", "d", "c", "a", "y", "x", "z"]


@pytest.mark.parametrize(
    ("text", "tag", "drawn"),
    [
        ("", "", ["eu"]),
        ("clie", "", ["a client"]),
        ("shop clie", "", ["a client"]),  # the name contains the first word only
        ("", "zone 2", ["zone 2"]),
        ("nothing", "", ["eu"]),
    ],
)
def test_the_tag_that_matches_the_filter_is_shown(page: Page, text: str, tag: str, drawn: list[str]) -> None:
    page.route("http://127.0.0.1:9/**", lambda asked: asked.fulfill(path=VIEW / Path(asked.request.url).name))
    page.goto("http://127.0.0.1:9/row_words.js")
    row = {"name": "Shop", "url": "http://127.0.0.1:9/", "tags": ["eu", "a client", "shop", "zone 2"]}

    found = page.evaluate(
        "async ([row, asked]) => (await import('/row_words.js')).foremost(row, asked)",
        [row, {"text": text, "tag": tag}],
    )

    assert found == drawn


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ødegård", "odegard"),
        ("Müller", "MULLER"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Café", "café"),
        ("Магазин", "магазин"),
    ],
)
def test_a_filter_ignores_case_and_diacritics(page: Page, name: str, typed: str) -> None:
    page.route("http://127.0.0.1:9/**", lambda asked: asked.fulfill(path=VIEW / Path(asked.request.url).name))
    page.goto("http://127.0.0.1:9/rows.js")
    wire = [1, name, "http://127.0.0.1:9/", [], "u60", "", 0, "UP", 90, None, 10000, 10000, 0, None, 0, None]

    found = page.evaluate(
        """async ([wire, text]) => {
          const { matching, whole } = await import('/rows.js');
          return matching([whole(wire)], { text, filter: "ALL", tag: "" }).length;
        }""",
        [wire, typed],
    )

    assert found == 1
