"""Serving below a path, whether or not a proxy strips it."""

from typing import Any

import pytest

from dashboard.web.path_prefix import PathPrefix


@pytest.mark.parametrize(
    ("root", "asked", "served"),
    [
        ("/watch", "/watch/login", "/watch/login"),
        ("/watch", "/watch/watch/login", "/watch/login"),
        ("/watch", "/watch/watch", "/watch"),
        ("/watch", "/watch/watchers", "/watch/watchers"),
        ("", "/login", "/login"),
    ],
    ids=["stripped", "left", "left, without a slash", "a name that begins alike", "no path"],
)
async def test_paths_work_stripped_and_unstripped(root: str, asked: str, served: str) -> None:
    seen: list[dict[str, Any]] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope)

    scope = {"type": "http", "path": asked, "raw_path": asked.encode(), "root_path": root}
    await PathPrefix(app, root)(scope, None, None)  # type: ignore[arg-type]

    assert (seen[0]["path"], seen[0]["raw_path"]) == (served, served.encode())


@pytest.mark.parametrize("root", ["/watch", ""])
async def test_a_forwarded_prefix_is_ignored(root: str) -> None:
    seen: list[dict[str, Any]] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope)

    headers = [(b"host", b"example.org"), (b"x-forwarded-prefix", b"/watch")]
    scope = {"type": "http", "path": f"{root}/", "raw_path": f"{root}/".encode(), "headers": headers}
    await PathPrefix(app, root)(scope, None, None)  # type: ignore[arg-type]

    assert seen[0]["headers"] == [(b"host", b"example.org")]
