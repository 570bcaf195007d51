"""Calls the API of a running Watchwright, with a token."""

from typing import Any

import httpx

from core.errors import InvalidInput, NotAllowed, StoreError, UnusableConfiguration

TIMEOUT_SECONDS = 120.0


class Server:
    """The API of one server. Each method is one request, and each failure one `WatchwrightError`."""

    def __init__(self, url: str, token: str) -> None:
        """*url* is the dashboard's address, such as ``https://watch.example.org``."""
        if not url.startswith(("http://", "https://")):
            raise InvalidInput(f"--server {url} is no address; give one such as https://watch.example.org.")
        if not token.isascii():
            raise InvalidInput("--token is no token: those are made of plain letters, digits and signs.")
        self._root = f"{url.rstrip('/')}/api/v1/"
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, parameters: dict[str, str]) -> Any:
        """Return the JSON at *path*."""
        return self._ask("GET", path, params=parameters)

    def put(self, path: str, parameters: dict[str, str], body: Any) -> Any:
        """Send *body* to *path* and return the JSON response."""
        return self._ask("PUT", path, params=parameters, json=body)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = httpx.request(method, self._root + path, headers=self._headers, timeout=TIMEOUT_SECONDS, **options)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise StoreError(f"{self._root} cannot be reached: {error}.") from error
        try:
            content = answer.json()
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise StoreError(f"{self._root} {_words_of(answer.status_code)}.")
        if answer.is_success:
            return content
        detail = str(content.get("detail", f"The server answered {answer.status_code}."))
        if answer.status_code in (401, 403):
            raise NotAllowed(detail)
        if answer.status_code == 422 and content.get("errors"):
            raise UnusableConfiguration(
                [(_path(problem["pointer"]), problem["detail"]) for problem in content["errors"]]
            )
        raise InvalidInput(detail) if answer.status_code < 500 else StoreError(detail)


def _words_of(status: int) -> str:
    """Say what probably answered with *status* and no JSON."""
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        return (
            "is behind a proxy that rejects requests of this size. Raise the proxy's limit (nginx: "
            "client_max_body_size)"
        )
    if status in (httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT):
        return f"is behind a proxy that gets no response ({status}). Check that Watchwright is running"
    return f"is not a Watchwright API: it returned {status}"


def _path(pointer: str) -> list[str | int]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
