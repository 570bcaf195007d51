"""/metrics as Prometheus scrapes it, and the Grafana dashboard that uses it."""

import json
import re
from pathlib import Path

import httpx
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as text_metrics

from core.database import run_in_session
from tests.factories import make_check, make_website, make_window


async def test_prometheus_reads_the_latest_checks(client: httpx.AsyncClient) -> None:
    run_in_session(lambda db: make_check(db, make_website(db, url="https://ann:hush@shop.example/")))
    run_in_session(lambda db: make_window(db, make_website(db)))

    answer = await client.get("/metrics")
    families = {family.name: family for family in text_metrics(answer.text)}

    assert answer.headers["content-type"].startswith("text/plain; version=")
    (sample,) = families["probe_success"].samples
    assert sample.labels == {"instance": "https://shop.example/", "website": "shop.example", "website_id": "1"}
    assert families["watchwright_downtime_windows_open"].samples[0].value == 1
    assert families["watchwright_monitors"].samples[0].value == 0
    assert "process_resident_memory_bytes" in families
    assert "hush" not in answer.text


async def test_openmetrics_are_served_on_request(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert any(family.name == "watchwright_build_info" for family in open_metrics(answer.text))  # type: ignore[no-untyped-call]


async def test_metrics_need_a_token(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics", headers={"authorization": ""})

    assert answer.status_code == 401


async def test_the_grafana_board_uses_existing_metrics(client: httpx.AsyncClient) -> None:
    board = json.loads((Path(__file__).parents[3] / "docs" / "grafana-board.json").read_text())
    asked = {target["expr"] for panel in board["panels"] for target in panel["targets"]}
    there = {family.name for family in text_metrics((await client.get("/metrics")).text)}

    wanted = {name for expression in asked for name in re.findall(r"\b(?:probe|watchwright|process)_\w+", expression)}

    assert wanted and wanted <= there
