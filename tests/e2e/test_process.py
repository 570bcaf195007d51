"""What the process promises to whoever operates it: starts, ends and crashes."""

import signal
from pathlib import Path

import pytest

from tests.e2e.api import Api
from tests.e2e.conftest import Serve
from tests.e2e.server import Server, still_there
from tests.e2e.site import Site
from tests.e2e.test_monitor_process import until


def test_four_simultaneous_starts_on_a_new_store_succeed(tmp_path: Path) -> None:
    servers = [Server(data_dir=tmp_path / "shared") for _ in range(4)]

    try:
        for server in servers:
            server.launch()
        for server in servers:
            server.wait_until_ready()

        assert [server.status("/healthz") for server in servers] == [200] * 4
    finally:
        for server in servers:
            server.kill()


def test_sigterm_during_a_debug_session_leaves_no_process_behind(
    serve: Serve, endless: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DRAIN_SECONDS", "1")
    server = serve()
    api = Api(server)
    api.wait_for_events(api.start_debug_session(api.add_website(endless.url)), 3)
    family = server.family()
    assert any("chrom" in process.name() for process in family), [process.name() for process in family]

    assert server.process
    server.process.send_signal(signal.SIGTERM)
    until(lambda: server.status("/readyz") == 503)  # a balancer is told before the port is closed
    code = server.process.wait(30)

    assert code in (0, -signal.SIGTERM), server.log  # uvicorn hands the signal on when all is done
    assert still_there(family) == []
    assert "Traceback" not in server.log


def test_after_kill_9_the_capture_is_stored_and_the_session_has_failed(serve: Serve, endless: Site) -> None:
    server = serve()
    api = Api(server)
    session = api.start_debug_session(api.add_website(endless.url))
    captured = {event["id"] for event in api.wait_for_events(session, 6)}

    server.kill()
    server.start()

    after = api.get(f"debug-sessions/{session}")
    assert after["state"].lower() == "failed"
    assert after["success"] is False
    assert after["error_message"]
    assert captured <= {event["id"] for event in api.events(session)}
