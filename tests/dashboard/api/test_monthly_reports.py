"""Monthly reports by mail through the API."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.dashboard.api.test_notifications import add_channel
from tests.receivers import Mailbox, mail_server

V1 = "/api/v1"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    with mail_server() as served:
        yield served


async def add_report(client: httpx.AsyncClient, port: int = 9, **overrides: Any) -> dict[str, Any]:
    address = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "w@example.org",
        "recipients": ["x@y.zz"],
    }
    channel = await add_channel(client, name="Mail", kind="EMAIL", address=address)
    given = {"channel_id": channel["id"], "recipients": ["ada@example.org"], "timezone": "Europe/Berlin"} | overrides
    answer = await client.post(f"{V1}/monthly-reports", json=given)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_report_is_created_changed_listed_and_deleted(client: httpx.AsyncClient) -> None:
    made = await add_report(client, tag="ACME")
    at = f"{V1}/monthly-reports/{made['id']}"

    changed = await client.patch(at, json={"tag": None, "recipients": ["bob@example.org"], "is_enabled": False})
    listed = await client.get(f"{V1}/monthly-reports", params={"channel_id": made["channel_id"]})
    gone = await client.delete(at)

    assert (made["tag"], made["attempts"], made["sent_at"], made["due_at"]) == ("acme", 0, None, None)
    assert changed.json()["recipients"] == ["bob@example.org"] and changed.json()["tag"] is None
    assert [one["id"] for one in listed.json()["items"]] == [made["id"]]
    assert gone.status_code == 204 and (await client.get(at)).status_code == 404


async def test_only_an_e_mail_channel_sends_reports(client: httpx.AsyncClient) -> None:
    hook = await add_channel(client)

    answer = await client.post(
        f"{V1}/monthly-reports", json={"channel_id": hook["id"], "recipients": ["ada@example.org"]}
    )

    assert (answer.status_code, answer.json()["detail"]) == (422, f"There is no e-mail channel {hook['id']}.")


async def watch_one(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{V1}/websites", json={"url": "https://shop.example/"})
    assert answer.status_code == 201, answer.text


async def test_sending_now_leaves_the_schedule_unchanged(
    client: httpx.AsyncClient, mailbox: tuple[Mailbox, int]
) -> None:
    await watch_one(client)
    made = await add_report(client, mailbox[1])
    at = f"{V1}/monthly-reports/{made['id']}"

    sent = await client.post(f"{at}/send")

    (mail,) = mailbox[0].mails
    assert sent.json() == {"is_taken": True, "answer": "Accepted by 127.0.0.1 for 1 recipient."}
    assert mail["To"] == "ada@example.org" and mail["Subject"].startswith("Uptime of all websites in ")
    assert (await client.get(at)).json() == made


async def test_an_unreachable_mail_server_is_reported(client: httpx.AsyncClient) -> None:
    await watch_one(client)
    made = await add_report(client)

    sent = await client.post(f"{V1}/monthly-reports/{made['id']}/send")

    assert sent.json() == {"is_taken": False, "answer": "127.0.0.1: Connection refused."}


async def test_it_can_be_sent_without_websites_but_not_for_an_unused_tag(
    client: httpx.AsyncClient, mailbox: tuple[Mailbox, int]
) -> None:
    made = await add_report(client, mailbox[1])
    at = f"{V1}/monthly-reports/{made['id']}"

    sent = await client.post(f"{at}/send")
    await client.patch(at, json={"tag": "acme"})
    of_tag = await client.post(f"{at}/send")

    (mail,) = mailbox[0].mails
    assert sent.json()["is_taken"] and "No websites yet." in mail.as_string()
    assert of_tag.json() == {"is_taken": False, "answer": "Nothing was sent. No website has this tag."}


async def test_deliveries_are_listed(client: httpx.AsyncClient) -> None:
    at = f"{V1}/monthly-reports/{(await add_report(client))['id']}"
    await client.post(f"{at}/send")  # a port without a listener

    listed = (await client.get(f"{at}/deliveries")).json()

    assert [(one["recipients"], one["is_planned"], one["is_taken"]) for one in listed["items"]] == [
        (["ada@example.org"], False, False)
    ]
    assert (await client.get(f"{V1}/monthly-reports/999/deliveries")).status_code == 404
