"""What tests ask of a running server over its own REST interface."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from tests.accounts import HEADERS
from tests.e2e.server import Server

CAPTURE_SECONDS = 60  # a browser starts, on a machine that runs other tests
ENDED = {"completed", "failed", "cancelled", "timed_out"}


@dataclass(frozen=True, slots=True)
class Api:
    """REST v1 of *server*."""

    server: Server

    def get(self, path: str, **query: Any) -> Any:
        answer = httpx.get(f"{self.server.url}/api/v1/{path}", params=query, headers=HEADERS, timeout=30)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = httpx.post(f"{self.server.url}/api/v1/{path}", json=body, headers=HEADERS, timeout=30)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        answer = httpx.patch(f"{self.server.url}/api/v1/{path}", json=body, headers=HEADERS, timeout=30)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def delete(self, path: str) -> None:
        answer = httpx.delete(f"{self.server.url}/api/v1/{path}", headers=HEADERS, timeout=30)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"

    def add_website(self, url: str, check_interval: int = 5, timeout: int = 3) -> int:
        """The new website's id."""
        return int(self.post("websites", {"url": url, "check_interval": check_interval, "timeout": timeout})["id"])

    def start_debug_session(self, website_id: int, **options: Any) -> int:
        """Start one; its id."""
        return int(self.post("debug-sessions", {"website_id": website_id, **options})["id"])

    def events(self, session_id: int) -> list[Any]:
        """The first thousand network events of a debug session."""
        items: list[Any] = self.get(f"debug-sessions/{session_id}/events", page_size=1000)["items"]
        return items

    def wait_for_events(self, session_id: int, count: int) -> list[Any]:
        """The events, once there are *count* of them."""
        deadline = time.monotonic() + CAPTURE_SECONDS
        while len(stored := self.events(session_id)) < count:
            assert time.monotonic() < deadline, f"{len(stored)} of {count} events:\n{self.server.log}"
            time.sleep(0.1)
        return stored

    def finished_debug_session(self, website_id: int, **options: Any) -> int:
        """Run one to its end; its id."""
        session_id = self.start_debug_session(website_id, **options)
        self.wait_until_ended(session_id)
        return session_id

    def wait_until_ended(self, session_id: int) -> None:
        """Until the debug session is in a final state."""
        deadline = time.monotonic() + CAPTURE_SECONDS
        while self.get(f"debug-sessions/{session_id}")["state"].lower() not in ENDED:
            assert time.monotonic() < deadline, f"the debug session does not end:\n{self.server.log}"
            time.sleep(0.1)

    def windows(self, website_id: int) -> list[Any]:
        """The website's downtime windows."""
        items: list[Any] = self.get(f"websites/{website_id}/downtime-windows")["items"]
        return items
