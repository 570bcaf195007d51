"""The forms of /login, to those who are not signed in."""

import shlex

import httpx
from fastapi import FastAPI
from typer.testing import CliRunner

from dashboard.auth import Guard
from dashboard.command_line.app import app as commands
from dashboard.web import login
from dashboard.web.login import NO_DEVICE, NO_PASSWORD


async def test_a_forgotten_password_is_explained(app: FastAPI) -> None:
    door = FastAPI()
    door.state.runtime = app.state.runtime
    door.include_router(login.router)
    door.add_middleware(Guard)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://127.0.0.1:8080") as visitor:
        page = await visitor.get("/login")

    assert NO_PASSWORD["command"] in page.text


def test_the_named_commands_exist() -> None:
    for way in (NO_PASSWORD, NO_DEVICE):
        _watchwright, *words = shlex.split(way["command"])
        assert CliRunner().invoke(commands, [*words, "--help"]).exit_code == 0
