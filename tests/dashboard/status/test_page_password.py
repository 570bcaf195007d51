"""How often the password of a status page may be tried."""

import asyncio

from core.accounts import passwords
from core.accounts.throttle import FREE_FAILURES
from dashboard.status.page_password import check_password


async def test_parallel_attempts_are_limited() -> None:
    password_hash = passwords.hashed("open sesame")

    tries = [check_password("busy", password_hash, str(number), "192.0.2.1") for number in range(30)]
    refused = [str(one) for one in await asyncio.gather(*tries, return_exceptions=True)]

    assert sum(words == "Incorrect password." for words in refused) <= FREE_FAILURES["address"] + 1
    assert "Too many attempts" in refused[-1]


async def test_the_right_password_is_never_limited() -> None:
    password_hash = passwords.hashed("open sesame")

    for _ in range(FREE_FAILURES["address"] + 2):
        await check_password("known", password_hash, "open sesame", "192.0.2.1")
