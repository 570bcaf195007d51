"""The view's pure JavaScript modules, run in a browser."""

from typing import Any

import pytest
from playwright.sync_api import Browser

MODULES = "watchwright-waterfall/"


@pytest.fixture(scope="module")
def run(browser: Browser, site: str) -> Any:
    """Evaluate JavaScript in which the exports of one of the view's modules are ``m``."""
    page = browser.new_page()
    page.goto(f"{site}/?rows=0")

    def evaluate(module: str, body: str, argument: Any = None) -> Any:
        script = f"async (argument) => {{ const m = await import('{MODULES}{module}'); {body} }}"
        return page.evaluate(script, argument)

    return evaluate


ROWS = """
const row = (url, facts) => ({
  key: 1, url, lower: url.toLowerCase(), host: new URL(url).host, status: 200, outcome: 1, cache: "", failed: false,
  preflightFor: 0, method: "GET", type: "script", mime: "text/javascript", encoded: 1000, duration: 10, protocol: "h2",
  priority: "High", initiator: "parser https://a.example/:1", remote: "", scheme: "https", ...facts,
});
const picture = { key: 2, type: "image", mime: "image/webp", encoded: 250_000, cache: "disk" };
const order = { key: 3, type: "fetch", method: "POST", status: 503, failed: true, duration: 900 };
const rows = [
  row("https://a.example/app.js", {}),
  row("https://img.cdn.example/Logo.webp", picture),
  row("https://a.example/api/cart", order),
];
"""


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", [1, 2, 3]),
        ("logo", [2]),
        ("-logo", [1, 3]),
        ('"a.example/app"', [1]),
        (r"/cart$|\.js$/", [1, 3]),
        (r"-/\.js$/", [2, 3]),
        ("status-code:503", [3]),
        ("status:>=400", [3]),
        ("status:5xx", [3]),
        ("status:200-299 -is:from-cache", [1]),
        ("method:post", [3]),
        ("domain:*.cdn.example", [2]),
        ("domain:a.example", [1, 3]),
        ("mime-type:image/*", [2]),
        ("larger-than:100k", [2]),
        ("slower-than:500ms", [3]),
        ("slower-than:0.5s", [3]),
        ("is:from-cache", [2]),
        ("is:failed", [3]),
        ("priority:high", [1, 2, 3]),
        ("resource-type:fetch", [3]),
        ("a.example method:get", [1]),
        ("domain:", [1, 2, 3]),
        ("nonsense:x", []),
    ],
)
def test_filters_select_the_right_rows(run: Any, text: str, keys: list[int]) -> None:
    body = ROWS + "const { test } = m.parse(argument); return rows.filter(test).map((row) => row.key);"

    assert run("filter.js", body, text) == keys


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("status:abc", "“abc” is not a status: write 404, 4xx, 400-499 or >=400."),
        ("larger-than:big", "“big” is not a size such as 100k or 2M."),
        ("is:nice", "“is:nice” is not known: use from-cache, failed, running, redirect, preflight."),
        ("/(/", "/(/ is not a valid regular expression. Check its brackets and backslashes."),
    ],
)
def test_an_invalid_filter_is_explained(run: Any, text: str, sentence: str) -> None:
    assert run("filter.js", "return m.parse(argument).errors;", text) == [sentence]


def test_header_filters_ask_the_server(run: Any) -> None:
    body = (
        ROWS
        + """
      const before = m.parse("has-response-header:ETag");
      const after = m.parse("has-response-header:ETag", new Map([["has-response-header:etag", new Set([2])]]));
      return [before.asks, rows.filter(before.test).length, rows.filter(after.test).map((row) => row.key)];"""
    )

    assert run("filter.js", body) == [["has-response-header:etag"], 0, [2]]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("sta", ["status-code:", "status:"]),
        ("x -meth", ["method:"]),
        ("method:", ["method:GET", "method:POST"]),
        ("domain:cdn", ["domain:img.cdn.example"]),
        ("is:f", ["is:from-cache", "is:failed", "is:preflight"]),
    ],
)
def test_completions_come_from_the_rows(run: Any, text: str, items: list[str]) -> None:
    body = ROWS + "return m.completions(argument, argument.length, rows).items.map((item) => item.text);"

    assert run("filter.js", body, text) == items


def test_durations_and_sizes_are_readable(run: Any) -> None:
    times = run("time.js", "return argument.map(m.formatMs);", [None, 0, 0.36, 4.6, 31.5, 167.8, 1240, 12_345, 83_000])
    sizes = run("time.js", "return argument.map(m.formatBytes);", [-1, 0, 843, 2_300, 250_400, 9_800_000])

    assert times == ["", "0 ms", "0.36 ms", "4.6 ms", "32 ms", "168 ms", "1.24 s", "12.3 s", "1 min 23 s"]
    assert sizes == ["", "0 B", "843 B", "2.3 kB", "250 kB", "9.8 MB"]


def test_ticks_are_round_and_fit_the_width(run: Any) -> None:
    assert run("time.js", "return m.ticks(0, 1000, 500);") == [0, 200, 400, 600, 800, 1000]
    assert run("time.js", "return m.ticks(130, 330, 300);") == [200, 300]
    assert run("time.js", "return m.ticks(5, 5, 300);") == []


@pytest.mark.parametrize(
    ("url", "name", "host"),
    [
        ("https://a.example/", "a.example", "a.example"),
        ("https://a.example", "a.example", "a.example"),
        ("https://a.example/x/app.js?v=1#top", "app.js?v=1", "a.example"),
        ("https://u:p@a.example:8443/x/", "x/", "a.example:8443"),
        ("https://a.example?q=1/2", "?q=1/2", "a.example"),
        ("data:text/plain,hello", "data:text/plain,hello", ""),
        ("about:blank", "about:blank", ""),
    ],
)
def test_a_row_is_named_by_the_last_part_of_its_address(run: Any, url: str, name: str, host: str) -> None:
    assert run("model.js", "const { name, host } = m.parts(argument); return [name, host];", url) == [name, host]


def test_the_model_accepts_batches_in_any_order(run: Any) -> None:
    body = """
      const model = new m.Model();
      model.apply({ t: ["GET", "script"], o: [[1, "https://a.example/late", 1, 2, 500, 0, 0, 0, 0, 0]] });
      model.apply({ o: [[2, "https://a.example/early", 1, 2, 100, 0, 0, 0, 0, 0]] });
      model.apply({ t: ["h2"], a: [[1, 1, 404, 123, 10, 20, 0, 0, 3, 0, 0, 3, -1, -1, -1, -1, 0, 100, 20]] });
      const row = model.byKey.get(1);
      const names = model.rows.map(({ name }) => name);
      return [names, row.status, row.failed, row.duration, row.protocol, row.phases[6], model.end];"""

    assert run("model.js", body) == [["early", "late"], 404, True, 12.3, "h2", 10, 62.3]


@pytest.mark.parametrize(
    ("url", "outcome", "status", "is_failed"),
    [
        ("https://a.example/favicon.ico", 1, 404, False),
        ("https://a.example/favicon.ico", 3, 0, False),
        ("https://a.example/favicon.ico", 1, 500, True),
        ("https://a.example/shop/favicon.ico", 1, 404, True),
        ("https://a.example/shop/favicon.ico", 3, 0, True),
    ],
)
def test_a_missing_favicon_is_not_a_failure(run: Any, url: str, outcome: int, status: int, is_failed: bool) -> None:
    body = """
      const model = new m.Model();
      model.apply({ t: ["GET", "other"], o: [[1, argument[0], 1, 2, 500, 0, 0, 0, 0, 0]] });
      model.apply({ a: [[1, argument[1], argument[2], 123, 10, 20, 0, 0, 0, 0, 0]] });
      return model.byKey.get(1).failed;"""

    assert run("model.js", body, [url, outcome, status]) is is_failed


def test_redirects_and_preflights_are_linked(run: Any) -> None:
    body = """
      const model = new m.Model();
      const open = (key, from, forKey) => [key, `https://a.example/${key}`, 0, 0, key * 10, 0, 0, 0, from, forKey];
      model.apply({ o: [open(1, 0, 0), open(2, 1, 0), open(3, 2, 0), open(4, 0, 3), open(5, 0, 0)] });
      const tied = (key) => [...model.tied(model.byKey.get(key))].map((row) => row.key).sort();
      return [tied(1), tied(3), tied(4), tied(5)];"""

    assert run("model.js", body) == [[2, 3], [1, 2, 4], [3], []]


def test_csv_disarms_formulas_and_quotes(run: Any) -> None:
    body = """
      const row = {
        url: 'https://a.example/"x",y', method: "=cmd|' /C calc'!A0", status: 200, outcome: 1, type: "fetch", mime: "",
        protocol: "h2", start: 1, duration: 2.5, encoded: -1, decoded: 3, cache: "", priority: "", remote: "",
        initiator: "", error: "", phases: null,
      };
      return m.csv([row]).split("\\r\\n")[1];"""

    line = run("export.js", body)

    assert line.startswith('"https://a.example/""x"",y",\'=cmd|\' /C calc\'!A0,200,fetch,h2,,1,2.5,,3,')


def test_hex_shows_bytes_and_their_letters(run: Any) -> None:
    line = run("body.js", "return m.hex(new Uint8Array([0, 72, 105, 255]));")

    assert line.startswith("000000  00 48 69 ff ")
    assert line.endswith("  .Hi.")


def test_the_url_holds_filter_types_zoom_order_and_row(run: Any) -> None:
    body = """
      const toolbar = { kinds: new Set(["js", "css"]) };
      const zoom = { from: 10.4, to: 99.6 };
      const view = { filterText: "status:>=400 a&b", toolbar, zoom, sort: { id: "time", isDown: true } };
      const text = m.urlOf(view, "?keep=1", "1000.1");
      return [text, m.readUrl(text)];"""

    text, read = run("url.js", body)

    assert text == "?keep=1&filter=status%3A%3E%3D400+a%26b&type=js%2Ccss&zoom=10-100&sort=-time&row=1000.1"
    assert read == {
        "filter": "status:>=400 a&b",
        "kinds": ["js", "css"],
        "zoom": {"from": 10, "to": 100},
        "zoomChoice": None,
        "sort": {"id": "time", "isDown": True},
    }


def test_findings_name_their_rows(run: Any) -> None:
    body = (
        ROWS
        + """
      for (const one of rows) Object.assign(one, { kind: one.type, decoded: 5000, phases: null, end: 50 });
      rows[0].kind = "js";
      rows[1].status = 200;
      const page = { key: 9, type: "document", kind: "doc", decoded: 9000, mime: "text/html" };
      rows.unshift(row("https://a.example/", page));
      const answers = new Map([[m.COMPRESSED, new Set([9])], ...m.CACHEABLE.map((name) => [name, new Set()])]);
      const list = (found) => found.map(({ title, keys }) => [title, keys]);
      const painted = { first_contentful_paint: 80 };
      return [list(m.findings(rows, painted, answers)), list(m.findings(rows, {}, new Map()))];"""
    )

    told, untold = run("summary.js", body)

    assert told == [
        ["Failed", [3]],
        ["Render-blocking", [1]],
        ["Text without compression", [1]],
        ["No cache headers", [1]],
        ["From other domains", [2]],
    ]
    assert [title for title, _ in untold] == ["Failed", "From other domains"]


def test_vitals_are_judged_by_googles_thresholds(run: Any) -> None:
    milestones = {
        "largest_contentful_paint": 2500,
        "first_contentful_paint": 1801,
        "cls": 0.3,
        "total_blocking_time": 150.0,
    }

    judged = run("summary.js", "return m.vitals(argument).map(({ short, verdict }) => [short, verdict]);", milestones)

    assert judged == [["FCP", "fair"], ["LCP", "good"], ["CLS", "poor"], ["TBT", "good"]]


def test_groups_are_ordered_by_their_bytes(run: Any) -> None:
    body = (
        ROWS
        + "return m.groups(rows, (row) => row.host).map(({ name, count, transferred }) => [name, count, transferred]);"
    )

    assert run("summary.js", body) == [["img.cdn.example", 1, 250_000], ["a.example", 2, 2_000]]


MULTIPART = (
    '--X\r\nContent-Disposition: form-data; name="note"\r\n\r\none\r\n\r\ntwo\r\n'
    '--X\r\nContent-Disposition: form-data; name="up"; filename="a.png"\r\nContent-Type: image/png'
    "\r\n\r\n12345\r\n--X--\r\n"
)


@pytest.mark.parametrize(
    ("mime", "text", "pairs"),
    [
        ("application/x-www-form-urlencoded", "a=1&b=%3Cb%3E&a=2", [["a", "1"], ["b", "<b>"], ["a", "2"]]),
        (
            'multipart/form-data; boundary="X"',
            MULTIPART,
            [["note", "one\n\ntwo"], ["up", "a.png (a file of 5 characters)"]],
        ),
        ("text/plain", "a=1", None),
        ("multipart/form-data; boundary=X", "cut off", []),
    ],
    ids=["url-encoded", "multipart", "none", "broken"],
)
def test_a_form_is_shown_field_by_field(run: Any, mime: str, text: str, pairs: Any) -> None:
    assert run(
        "payload.js", "return m.formOf({text: argument[1], encoding: null, mime: argument[0]})", [mime, text]
    ) == (pairs)


@pytest.mark.parametrize(
    ("mime", "text", "query", "operations"),
    [
        ("application/json", '{"query": "query Cart { items }", "variables": {"n": 1}}', [], [["query", "Cart"]]),
        ("application/json", '{"query": "mutation { pay }", "operationName": "Pay"}', [], [["mutation", "Pay"]]),
        (
            "application/json",
            '[{"query": "query A { a }"}, {"query": "{ b }"}]',
            [],
            [["query", "A"], ["query", "(no name)"]],
        ),
        ("application/graphql", "subscription News { n }", [], [["subscription", "News"]]),
        ("", None, [["query", "query Seen { s }"], ["variables", "{}"]], [["query", "Seen"]]),
        ("application/json", '{"query": "shoes {red}"}', [], []),
        ("", None, [["query", "shoes"]], []),
    ],
    ids=["named", "by-operation-name", "batch", "plain", "in-the-address", "a-search", "a-search-in-the-address"],
)
def test_graphql_operations_are_named(run: Any, mime: str, text: Any, query: Any, operations: Any) -> None:
    body = """const payload = argument.text && { text: argument.text, encoding: null, mime: argument.mime };
        return m.graphQlOf(payload, argument.query).map(({ kind, name }) => [kind, name])"""
    assert run("payload.js", body, {"mime": mime, "text": text, "query": query}) == operations


MADE = """
const holder = document.createElement("div");
holder.style.cssText = `position: fixed; inset: 0; width: ${argument}px; height: 600px`;
document.body.append(holder);
const view = new m.Waterfall(holder, {}, () => {});
const ended = (result) => { view.destroy(); holder.remove(); return result; };
"""
PICTURES = "[{ at: 10, src: '/a.png' }, { at: 20, src: '/b.png' }]"


@pytest.mark.parametrize(("width", "is_shown"), [(1440, True), (800, False)])
def test_the_page_is_shown_beside_the_list_while_it_loads(run: Any, width: int, is_shown: bool) -> None:
    body = f"view.setState({{ running: true, elapsed: 0 }}); view.setFrames({PICTURES}); return ended(view.film.isOpen)"

    assert run("index.js", MADE + body, width) is is_shown


def test_a_picture_that_the_reader_closed_stays_closed(run: Any) -> None:
    body = f"""view.setState({{ running: true, elapsed: 0 }}); view.setFrames({PICTURES}); view.film.toggle();
        view.setFrames([...{PICTURES}, {{ at: 30, src: "/c.png" }}]); return ended(view.film.isOpen)"""

    assert run("index.js", MADE + body, 1440) is False


def test_a_finished_session_opens_without_its_picture(run: Any) -> None:
    assert run("index.js", f"{MADE} view.setFrames({PICTURES}); return ended(view.film.isOpen)", 1440) is False


@pytest.mark.parametrize(
    ("milestones", "flags"),
    [
        ({"first_contentful_paint": 100, "load": 500}, ["FCP", "L"]),
        ({"first_contentful_paint": 500, "dom_content_loaded": 510, "largest_contentful_paint": 520}, ["FCP", "LCP"]),
    ],
    ids=["apart", "on-a-heap"],
)
def test_flags_of_the_axis_do_not_cover_each_other(run: Any, milestones: Any, flags: list[str]) -> None:
    body = """const { scale } = await import("watchwright-waterfall/time.js");
        const head = new m.Head({ choice: null });
        document.body.append(head.axis);
        head.renderAxis(scale(0, 1000, 600), argument, [], []);
        const shown = [...head.axis.querySelectorAll(".wf-flag")];
        const boxes = shown.map((flag) => flag.getBoundingClientRect());
        const covers = boxes.some((box, index) => index > 0 && boxes[index - 1].right > box.left + 0.5);
        head.axis.remove();
        return [shown.map((flag) => flag.textContent), covers];"""

    assert run("axis.js", body, milestones) == [flags, False]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.example/static/app.js?v=1", "app.js"),
        ("https://a.example/", "body"),
        ("https://a.example/..%2f..%2fetc", "_.._etc"),
        ("https://a.example/a/.htaccess#x", "htaccess"),
    ],
)
def test_a_body_is_saved_under_a_safe_name(run: Any, url: str, name: str) -> None:
    assert run("panes.js", "return m.fileName({ url: argument });", url) == name
