"""OpenTelemetry's variables decide whether spans are sent. If not, nothing is imported."""

import logging
import re
import sys
from pathlib import Path

import pytest

from core import tracing
from core.config import Settings
from core.workers import otlp
from core.workers.otlp import Choice, choose
from tests.otlp_collector import collecting

ROOT = Path(__file__).resolve().parents[3]
ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("environment", "is_wanted"),
    [
        ({}, False),
        (ENDPOINT, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        (ENDPOINT | {"OTEL_SDK_DISABLED": "TRUE"}, False),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (ENDPOINT | {"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
    ],
)
def test_an_endpoint_enables_spans(environment: dict[str, str], is_wanted: bool) -> None:
    assert choose(environment) == Choice(is_wanted=is_wanted)


def test_an_unsupported_protocol_is_named() -> None:
    choice = choose(ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})

    assert not choice.is_wanted
    assert "http/protobuf" in str(choice.trouble) and "grpc" in str(choice.trouble)


def test_spans_are_sent_from_start_to_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)

        stop = otlp.start(Settings(), "serve")
        with tracing.span("within"):
            pass
        stop()
        with tracing.span("after"):
            pass

    assert [span.name for span in collector.spans] == ["within"]
    assert not tracing.is_on()


def test_a_missing_otel_installation_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    monkeypatch.setitem(sys.modules, "core.workers.otlp_spans", None)

    otlp.start(Settings(), "serve")()

    assert not tracing.is_on()
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "watchwright[otel]" in caplog.text


def test_without_an_endpoint_opentelemetry_is_not_imported(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "core.workers.otlp_spans", None)  # importing it would fail, and be told

    otlp.start(Settings(), "serve")()

    assert caplog.records == []


def test_only_otlp_imports_opentelemetry() -> None:
    modules = [*(ROOT / "core").rglob("*.py"), *(ROOT / "dashboard").rglob("*.py")]

    naming = {path.name for path in modules if re.search(r"import.*otlp_spans|otlp_spans import", path.read_text())}
    knowing = {path.name for path in modules if re.search(r"(?:from|import) opentelemetry", path.read_text())}

    assert (naming, knowing) == ({"otlp.py"}, {"otlp_spans.py"})
