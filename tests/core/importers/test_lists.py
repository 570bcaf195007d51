"""Reads lists of addresses, sitemaps and Prometheus' targets."""

import pytest

from core.errors import InvalidInput
from core.importers.lists import read_sitemap, read_targets, read_urls


def test_a_line_is_an_address_with_an_optional_name() -> None:
    found = read_urls("# ours\nhttps://a.example/ The shop\n\nb.example\n")

    assert found.sections["websites"] == [
        {"url": "https://a.example/", "name": "The shop"},
        {"url": "https://b.example"},
    ]


@pytest.mark.parametrize(
    ("line", "url", "name"),
    [
        ("https://a.example/two, The shop", "https://a.example/two", "The shop"),
        ("https://a.example,The shop, new", "https://a.example", "The shop, new"),
        ("a.example;The shop", "https://a.example", "The shop"),
        ("a.example\tThe shop", "https://a.example", "The shop"),
        ("https://a.example/two,", "https://a.example/two", None),
        ("https://a.example/x,y;v=1", "https://a.example/x,y;v=1", None),
    ],
    ids=["comma and space", "comma after a host", "semicolon", "tab", "nothing after it", "commas of a path"],
)
def test_separators_belong_to_neither_address_nor_name(line: str, url: str, name: str | None) -> None:
    (website,) = read_urls(line).sections["websites"]

    assert (website["url"], website.get("name")) == (url, name)


def test_a_bare_host_is_accepted() -> None:
    found = read_urls("shop.example\nnas\n10.0.0.5:8080\nlocalhost:3000\n10.0.0.5:443\n")

    assert [one["url"] for one in found.sections["websites"]] == [
        "https://shop.example",
        "http://10.0.0.5:8080",
        "http://localhost:3000",
        "https://10.0.0.5:443",
    ]


def test_lines_of_addresses_and_names_are_a_table() -> None:
    found = read_urls('# ours\nhttps://a.example/x,Shop\nhttps://b.example/,My blog\nc.example/y,"Ann, and Eve"\n')

    assert [(one["url"], one.get("name")) for one in found.sections["websites"]] == [
        ("https://a.example/x", "Shop"),
        ("https://b.example/", "My blog"),
        ("https://c.example/y", "Ann, and Eve"),
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_may_have_the_separator_of_a_spreadsheet(separator: str) -> None:
    rows = (("https://a.example/x", "Shop"), ("https://b.example/", '"Ann, and Eve"'))

    found = read_urls("\n".join(separator.join(row) for row in rows))

    assert [(one["url"], one.get("name")) for one in found.sections["websites"]] == [
        ("https://a.example/x", "Shop"),
        ("https://b.example/", "Ann, and Eve"),
    ]


@pytest.mark.parametrize("text", ["url;name\na.example;{}\n", "a.example;{}\nb.example;B\n", "url;{}\na.example;A\n"])
def test_a_cell_may_be_longer_than_pythons_limit(text: str) -> None:
    assert read_urls(text.format("x" * 200_000)).sections["websites"][0]["url"] == "https://a.example"


def test_a_comma_in_a_header_does_not_hide_its_separator() -> None:
    found = read_urls("URL;Name;Owner, phone\nhttps://a.example/;Shop;Ann\n")

    assert found.sections["websites"] == [{"url": "https://a.example/", "name": "Shop"}]


@pytest.mark.parametrize("other", ["https://b.example/", "https://b.example/y,2,Shop", "https://b.example/y,2.html"])
def test_commas_in_paths_are_kept(other: str) -> None:
    found = read_urls(f"https://a.example/x,Shop\n{other}\n")

    assert [one["url"] for one in found.sections["websites"]] == ["https://a.example/x,Shop", other]


def test_a_table_is_read_by_its_columns() -> None:
    found = read_urls('Name;URL;Owner\n"The shop; new";https://a.example/x;ann\n\nBlog;nowhere;eve\n;b.example;\n')

    assert found.sections["websites"] == [
        {"url": "https://a.example/x", "name": "The shop; new"},
        {"url": "https://b.example"},
    ]
    assert [(left.what, left.why) for left in found.left] == [("line 4", "nowhere is not an address.")]


def test_a_table_may_have_tags() -> None:
    found = read_urls('url;tags\nhttps://a.example;"shop;eu"\nhttps://b.example;\n')

    assert [entry.get("tags") for entry in found.sections["websites"]] == [["shop", "eu"], None]


def test_a_sitemap_yields_its_pages() -> None:
    content = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <url><loc> https://a.example/x/ </loc><lastmod>2026-01-01</lastmod></url></urlset>"""

    assert read_sitemap(content).sections["websites"] == [{"url": "https://a.example/x/", "name": "a.example/x"}]


def test_pictures_in_a_sitemap_are_ignored() -> None:
    content = b"""<urlset xmlns="x" xmlns:image="y"><url><loc>https://a.example/</loc>
      <image:image><image:loc>https://a.example/p.png</image:loc></image:image></url></urlset>"""

    assert [one["url"] for one in read_sitemap(content).sections["websites"]] == ["https://a.example/"]


def test_sitemaps_in_an_index_are_reported() -> None:
    found = read_sitemap(b"<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>")

    assert [left.what for left in found.left] == ["https://a.example/s.xml"]


@pytest.mark.parametrize("content", [b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', b"<urlset>", b"<rss/>"])
def test_other_xml_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="sitemap|XML"):
        read_sitemap(content)


def test_blackbox_scrape_jobs_become_websites() -> None:
    found = read_targets(
        {
            "global": {"scrape_interval": "1m"},
            "scrape_configs": [
                {
                    "job_name": "Web",
                    "metrics_path": "/probe",
                    "params": {"module": ["http_2xx"]},
                    "scrape_interval": "15s",
                    "static_configs": [{"targets": ["https://a.example", "b.example"], "labels": {"team": "Shop"}}],
                },
                {"job_name": "node", "static_configs": [{"targets": ["localhost:9100"]}]},
            ],
        }
    )

    assert found.sections["websites"] == [
        {"url": "https://a.example", "tags": ["web", "team: shop"], "check_interval": 15},
        {"url": "http://b.example", "tags": ["web", "team: shop"], "check_interval": 15},
    ]
    assert [left.what for left in found.left] == ["module http_2xx", "job node"]


def test_a_file_of_targets_is_read() -> None:
    found = read_targets([{"targets": ["https://a.example", "tcp://b.example:22"], "labels": {"name": "A"}}])

    assert found.sections["websites"] == [{"url": "https://a.example", "name": "A", "tags": ["name: a"]}]
    assert [left.what for left in found.left] == ["target tcp://b.example:22"]


def test_malformed_entries_are_skipped() -> None:
    found = read_targets([{"targets": "a.example"}, {"targets": [], "labels": [1]}, {"targets": ["b.example"]}, 5])

    assert [one["url"] for one in found.sections["websites"]] == ["http://b.example"]
    assert [left.why for left in found.left] == [
        "targets is not a list.",
        "labels is not an object with names and values.",
        "A value in it is missing or has the wrong format.",
    ]
