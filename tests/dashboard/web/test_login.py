"""The forms of /login, to those who are not signed in."""

import asyncio
import shlex
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import delete
from typer.testing import CliRunner

from core.accounts import manage
from core.accounts.actor import COMMAND_LINE
from core.clock import utc_now
from core.database import in_session
from core.models import Role, User
from core.schemas import UserCreate
from core.sealing import Sealer
from core.services import UserCRUD
from dashboard import theme
from dashboard.auth import Guard
from dashboard.command_line.app import app as commands
from dashboard.web import login
from dashboard.web.login import NO_DEVICE, NO_PASSWORD

PASSWORD = "correct horse battery"


@pytest.fixture
def door(app: FastAPI) -> FastAPI:
    """The routes of signing in."""
    door = FastAPI()
    door.state.runtime = app.state.runtime
    door.include_router(login.router)
    door.add_middleware(Guard)
    return door


@pytest.fixture
async def visitor(door: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is not signed in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://127.0.0.1:8080") as client:
        yield client


async def test_a_forgotten_password_is_explained(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/login")

    assert NO_PASSWORD["command"] in page.text


async def test_the_first_account_beyond_loopback_needs_the_printed_code(
    door: FastAPI, visitor: httpx.AsyncClient
) -> None:
    door.state.runtime = replace(door.state.runtime, setup_code="0123456789abcdef")
    await in_session(lambda db: db.execute(delete(User)))
    filled = {"name": "eve", "password": PASSWORD}

    without = await visitor.post("/login", data=filled)
    guessed = await visitor.post("/login", data=filled | {"code": "0123456789abcdee"})
    are_there = await in_session(UserCRUD.are_there)
    printed = await visitor.post("/login", data=filled | {"code": " 0123456789abcdef "})

    assert "Incorrect code" in without.text
    assert "Incorrect code" in guessed.text
    assert not are_there
    assert printed.status_code == 303


async def test_pressing_enter_twice_creates_the_first_account_and_signs_in(visitor: httpx.AsyncClient) -> None:
    await in_session(lambda db: db.execute(delete(User)))
    form = {"name": "ada", "password": PASSWORD}

    answers = await asyncio.gather(*(visitor.post("/login", data=form) for _ in range(2)))

    assert [(answer.status_code, answer.headers.get("location")) for answer in answers] == [(303, "/")] * 2


async def test_the_form_has_the_colours_of_a_dark_system(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/login")

    assert '<body class="body--system">' in page.text
    assert theme.variables() + theme.by_system() in page.text  # escaped, its selectors match nothing


async def test_a_two_step_sign_in_asks_for_the_code_after_the_password(
    app: FastAPI, visitor: httpx.AsyncClient
) -> None:
    user = await manage.add(COMMAND_LINE, UserCreate(name="grace", role=Role.VIEWER, password=SecretStr(PASSWORD)))
    secret = pyotp.random_base32()
    earlier = pyotp.TOTP(secret).at(utc_now() - timedelta(seconds=30))
    sealer = Sealer.of(app.state.runtime.settings)
    await in_session(manage.start_two_step, COMMAND_LINE, user.id, secret=secret, code=earlier, sealer=sealer)

    asked = await visitor.post("/login", data={"name": "grace", "password": PASSWORD, "next": "/downtime"})
    refused = await visitor.post("/login/code", data={"code": "000000", "next": "/downtime"})
    accepted = await visitor.post("/login/code", data={"code": pyotp.TOTP(secret).now(), "next": "/downtime"})

    assert "<h1>Two-step sign-in</h1>" in asked.text and NO_DEVICE["command"] in asked.text
    assert refused.status_code == 403 and "<h1>Two-step sign-in</h1>" in refused.text
    assert (accepted.status_code, accepted.headers["location"]) == (303, "/downtime")


def test_the_named_commands_exist() -> None:
    for way in (NO_PASSWORD, NO_DEVICE):
        _watchwright, *words = shlex.split(way["command"])
        assert CliRunner().invoke(commands, [*words, "--help"]).exit_code == 0
