"""Each channel sends to a service on loopback, and returns its answer."""

import asyncio
import base64
import hmac
import importlib
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from threading import Event

import pytest

from core.errors import NotDelivered
from core.models import ChannelKind, NotificationEvent
from core.notifications.apprise_service import as_markdown, is_known, with_incident
from core.notifications.channels import Sender
from core.notifications.digest import digest
from core.notifications.message import Message, Picture, compose
from core.schemas.notification_channel import new_secret
from tests.core.monitoring.servers import raw_server
from tests.core.notifications.conftest import PAGERDUTY
from tests.core.notifications.test_message import facts
from tests.receivers import Mailbox, Service, listening, mail_server, mail_to
from tests.sites.serving import port_of, refusing
from tests.waiting import until

MESSAGE = compose(facts())
MAIL = {"sender": "watch@example.org", "recipients": ["ada@example.org"], "security": "none"}
send = Sender(lambda _host, _address, _port: None)


async def test_a_webhook_posts_signed_json() -> None:
    secret = new_secret()
    with listening() as service:
        address = {"url": f"http://{service.url}/alarms", "secret": secret}

        answer = await send(ChannelKind.WEBHOOK, address, MESSAGE, "1:1:down:1")

    ((path, headers, body),) = service.posted
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, sha256)
    assert answer == "200 OK: noted"
    assert (path, headers["webhook-id"]) == ("/alarms", "1:1:down:1")
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert json.loads(body)["website"]["name"] == "Shop"
    assert json.loads(body)["title"] == "Shop is down"


@pytest.mark.parametrize(("status", "words"), [(500, "500 Internal Server Error: noted"), (302, "302 Found: noted")])
async def test_a_refused_webhook_reports_the_response(status: int, words: str) -> None:
    with listening() as service:
        service.status = status
        with pytest.raises(NotDelivered, match=words):
            await send(ChannelKind.WEBHOOK, {"url": f"http://{service.url}/"}, MESSAGE, "key")


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (308, "Enter the new address in the channel:"),
        (302, "Enter an address that does not redirect; this one redirects to"),
    ],
)
async def test_a_redirecting_webhook_is_not_followed_and_names_its_target(status: int, advice: str) -> None:
    with listening() as target:
        answer = f"HTTP/1.1 {status} Moved\r\nLocation: //{target.url}/new\r\nContent-Length: 0\r\n\r\n".encode()
        with (
            raw_server(lambda connection: connection.sendall(answer)) as server,
            pytest.raises(NotDelivered) as refused,
        ):
            await send(ChannelKind.WEBHOOK, {"url": server.url}, MESSAGE, "key")

    words = f"{status} Moved. Redirects are not followed. {advice} http://{target.url}/new"
    assert (str(refused.value), target.posted) == (words, [])


@pytest.mark.parametrize(("told", "seconds"), [("120", 120), ("soon", 0), ("", 0)])
async def test_a_webhooks_retry_after_is_read(told: str, seconds: int) -> None:
    answer = f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {told}\r\nContent-Length: 0\r\n\r\n".encode()
    with (
        raw_server(lambda connection: connection.sendall(answer)) as server,
        pytest.raises(NotDelivered, match="429") as refused,
    ):
        await send(ChannelKind.WEBHOOK, {"url": server.url}, MESSAGE, "key")

    assert refused.value.retry_after_seconds == seconds


@pytest.mark.parametrize(
    ("answer", "may_have_arrived"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n", True),
        (b"", True),
    ],
    ids=["refused", "lost by a gateway", "lost"],
)
async def test_a_lost_response_of_a_webhook_is_distinguished_from_a_refusal(
    answer: bytes, may_have_arrived: bool
) -> None:
    def respond(connection: socket.socket) -> None:
        connection.sendall(answer)

    with raw_server(respond) as server, pytest.raises(NotDelivered) as raised:
        await send(ChannelKind.WEBHOOK, {"url": server.url}, MESSAGE, "key")

    assert raised.value.may_have_arrived is may_have_arrived


@pytest.mark.parametrize(("kind", "scheme"), [(ChannelKind.WEBHOOK, "http"), (ChannelKind.APPRISE, "json")])
@pytest.mark.parametrize(("status", "concerns_channel"), [(400, False), (422, False), (401, True), (410, True)])
async def test_refused_content_is_distinguished_from_a_dead_channel(
    kind: ChannelKind, scheme: str, status: int, concerns_channel: bool
) -> None:
    with listening() as service:
        service.status = status
        with pytest.raises(NotDelivered) as raised:
            await send(kind, {"url": f"{scheme}://{service.url}/"}, MESSAGE, "key")

    assert raised.value.concerns_channel is concerns_channel


@pytest.mark.parametrize(
    ("status", "may_have_arrived"),
    [(400, False), (504, True), (None, True)],
    ids=["refused", "lost by a gateway", "lost"],
)
async def test_a_lost_response_of_a_service_is_distinguished_from_a_refusal(
    status: int | None, may_have_arrived: bool
) -> None:
    answer = f"HTTP/1.1 {status} Bad\r\nContent-Length: 0\r\n\r\n".encode() if status else b""

    def respond(connection: socket.socket) -> None:
        connection.sendall(answer)

    with raw_server(respond) as server, pytest.raises(NotDelivered) as raised:
        await send(ChannelKind.APPRISE, {"url": server.url.replace("http:", "json:")}, MESSAGE, "key")

    assert raised.value.may_have_arrived is may_have_arrived


async def test_an_unreachable_webhook_is_reported() -> None:
    with refusing() as holder, pytest.raises(NotDelivered, match="^It could not be reached: Connection refused.$"):
        await send(ChannelKind.WEBHOOK, {"url": f"http://127.0.0.1:{port_of(holder)}/"}, MESSAGE, "key")


async def test_an_accepted_webhook_succeeds_even_if_its_body_breaks_off() -> None:
    def break_off(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\nno")

    with raw_server(break_off) as server:
        assert await send(ChannelKind.WEBHOOK, {"url": server.url}, MESSAGE, "key") == "202 Accepted"


async def test_a_webhook_without_tls_is_reported_in_words() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw_server(answer) as server, pytest.raises(NotDelivered, match=r"^It could not be reached: [a-z ]+\.$"):
        await send(ChannelKind.WEBHOOK, {"url": server.url.replace("http:", "https:")}, MESSAGE, "key")


def drip(connection: socket.socket, begins: bytes) -> None:
    """Send the answer byte by byte, each before the read timeout."""
    connection.sendall(begins)
    while True:
        connection.sendall(b" ")
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("kind", "address", "begins"),
    [
        (ChannelKind.WEBHOOK, lambda port: {"url": f"http://127.0.0.1:{port}/"}, b"HTTP/1.1 "),
        (ChannelKind.APPRISE, lambda port: {"url": f"json://127.0.0.1:{port}/"}, b"HTTP/1.1 "),
        (ChannelKind.EMAIL, lambda port: {**MAIL, "host": "127.0.0.1", "port": port}, b"220 "),
    ],
    ids=["webhook", "apprise", "email"],
)
async def test_a_service_with_an_endless_answer_times_out(
    kind: ChannelKind, address: Callable[[int], dict[str, object]], begins: bytes
) -> None:
    hasty = Sender(lambda _host, _address, _port: None, longest_seconds=0.5)
    with (
        raw_server(partial(drip, begins=begins), speaks_first=kind is ChannelKind.EMAIL) as server,
        pytest.raises(NotDelivered, match="longer than 0.5 seconds"),
    ):
        await asyncio.wait_for(hasty(kind, address(server.port), MESSAGE, "key"), 10)


async def test_hanging_services_do_not_delay_others() -> None:
    is_over = Event()
    patient = Sender(lambda _host, _address, _port: None, longest_seconds=60)

    def hang(_connection: socket.socket) -> None:
        is_over.wait(60)

    with raw_server(hang) as mute, listening() as service:
        hanging = [
            asyncio.ensure_future(patient(ChannelKind.WEBHOOK, {"url": mute.url}, MESSAGE, "key")) for _ in range(12)
        ]
        await asyncio.sleep(0)  # until all have started
        try:
            address = {"url": f"http://{service.url}/"}
            answer = await asyncio.wait_for(patient(ChannelKind.WEBHOOK, address, MESSAGE, "key"), 5)
        finally:
            is_over.set()
            await asyncio.gather(*hanging, return_exceptions=True)

    assert answer == "200 OK: noted"


async def test_an_apprise_service_receives_title_and_text() -> None:
    with listening() as service:
        answer = await send(ChannelKind.APPRISE, {"url": f"json://{service.url}/hook"}, MESSAGE, "key")

    ((path, _headers, body),) = service.posted
    assert answer.startswith("Accepted by ")
    assert path == "/hook"
    assert (json.loads(body)["title"], json.loads(body)["message"]) == (MESSAGE.title, MESSAGE.text)


async def test_messages_are_cut_to_the_services_limits() -> None:
    text = "\n".join([*(f"• Shop {number}: {'It burns. ' * 20}" for number in range(20)), "https://watch.example/"])
    long = Message(title="20 websites are down", text=text, payload={})

    with listening() as service:
        await send(ChannelKind.APPRISE, {"url": f"ntfy://{service.url}/alarms"}, long, "key")

    ((_path, _headers, body),) = service.posted
    said = json.loads(body)["message"]
    assert len(said.encode()) <= 4_096 < len(text)
    assert said.startswith("• Shop 0: It burns.") and said.endswith("…\nhttps://watch.example/")


async def test_the_acknowledge_link_works_in_markdown() -> None:
    link = f"https://watch.example/acknowledge?ticket={'a_b-c' * 50}"

    with listening() as service:
        address = {"url": f"rocket://hook/A@{service.url}/#general"}
        await send(ChannelKind.APPRISE, address, compose(facts(acknowledge=link, cause="*It* burns.")), "key")

    said = json.loads(service.posted[0][2])["text"]
    assert f"Acknowledge: [https://watch.example/acknowledge]({link})" in said
    assert r"\*It\* burns.  " in said.splitlines()


async def test_long_markdown_is_cut_to_the_limit() -> None:
    with listening() as service:
        address = {"url": f"rocket://hook/A@{service.url}/#general"}
        await send(ChannelKind.APPRISE, address, compose(facts(cause="*_" * 600)), "key")

    said = json.loads(service.posted[0][2])["text"]
    assert len(said) <= 1_000 and said.endswith("(https://watch.example/downtime/1)")


async def test_teams_shows_separate_lines() -> None:
    card = f"workflows://127.0.0.1:9/{'w' * 32}/{'s' * 40}"

    assert as_markdown(with_incident(card, "key")[0], "a\nb") == "a\n\nb"


MATRIX = {"user_id": "@a:h", "access_token": "t", "room_id": "!r:h", "event_id": "$e", "content_uri": "mxc://h/x"}


@pytest.mark.parametrize("url", ["matrix://ada:hush@{at}/!room:h", "form://{at}/", "apprise://{at}/token"])
async def test_a_plug_in_that_opens_attachments_by_path_gets_the_picture(url: str) -> None:
    picture = Picture(data=b"\x89PNG and more", mime_type="image/png", link="http://127.0.0.1:9/")

    with listening() as service:
        service.answer = json.dumps(MATRIX).encode()
        answer = await send(
            ChannelKind.APPRISE, {"url": url.format(at=service.url)}, compose(facts(picture=picture)), "key"
        )

    assert answer.startswith("Accepted by ")
    assert any(picture.data in body for _path, _headers, body in service.posted)


@pytest.mark.parametrize(
    ("event", "severity"),
    [(NotificationEvent.DOWN, "failure"), (NotificationEvent.SLOW, "warning"), (NotificationEvent.UP, "success")],
)
async def test_a_service_receives_the_severity(event: NotificationEvent, severity: str) -> None:
    with listening() as service:
        await send(ChannelKind.APPRISE, {"url": f"json://{service.url}/"}, compose(facts(event=event)), "key")

    assert json.loads(service.posted[0][2])["type"] == severity


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What plug-ins post that speak HTTPS with a host of their own."""
    posted: list[str] = []
    requests = importlib.import_module("requests")

    def post(_url: str, *, data: str, **_given: object) -> object:
        posted.append(data)
        answer = requests.Response()
        answer.status_code = 200
        return answer

    monkeypatch.setattr(requests, "post", post)
    return posted


async def test_teams_does_not_format_titles(posted: list[str]) -> None:
    message = Message(title="*Shop* [1](http://evil.example/) is down", text="It burns.", payload={})
    card = f"workflows://127.0.0.1:9/{'w' * 32}/{'s' * 40}"
    await send(ChannelKind.APPRISE, {"url": card}, message, "key")

    title = json.loads(posted[0])["attachments"][0]["content"]["body"][-2]["text"]
    assert title == r"\*Shop\* \[1\](http://evil.example/) is down"


@pytest.mark.parametrize("options", ["", "?format=markdown"], ids=["a message", "an embed"])
async def test_discord_formats_no_names(posted: list[str], options: str) -> None:
    message = Message(title="*Shop* is down", text="It _burns_.", payload={})
    await send(ChannelKind.APPRISE, {"url": f"discord://123456/abcdef{options}"}, message, "key")

    sent = json.loads(posted[0])
    said = [sent["embeds"][0][name] for name in ("title", "description")] if options else sent["content"].splitlines()
    assert said == [r"\*Shop\* is down", r"It \_burns\_."]


async def test_mattermost_formats_no_names() -> None:
    message = Message(title="*Shop* is down", text="It _burns_.", payload={})

    with listening() as service:
        await send(ChannelKind.APPRISE, {"url": f"mmost://{service.url}/{'a' * 26}"}, message, "key")

    assert json.loads(service.posted[0][2])["text"].splitlines() == [r"\*Shop\* is down", r"It \_burns\_."]


async def test_mentions_in_names_alert_nobody() -> None:
    message = Message(title="@everyone is down", text="<@123> says @here, ada@all.example\nhttps://x/@all", payload={})

    with listening() as service:
        await send(ChannelKind.APPRISE, {"url": f"json://{service.url}/"}, message, "key")

    said = json.loads(service.posted[0][2])
    assert said["title"] == "@\u200beveryone is down"
    assert said["message"] == "<@\u200b123> says @\u200bhere, ada@all.example\nhttps://x/@all"


@pytest.mark.parametrize(
    ("options", "told"),
    [("", ("map", "1:7:down:3")), ("?dedup=ours", ("trigger", "ours")), ("?action=trigger", ("trigger", None))],
    ids=["usual", "named", "chosen"],
)
def test_a_recovery_resolves_the_incident_of_its_failure(options: str, told: tuple[str, str | None]) -> None:
    url = f"pagerduty://{'i' * 32}@{'r' * 20}{options}"

    service = with_incident(url, "1:7:down:3")[0]

    assert (service.action, service.dedup) == told


@pytest.mark.parametrize(
    ("url", "name"),
    [(f"splunk://route@{'a' * 36}", "entity_id"), (f"pagertree://int_{'i' * 12}", "thirdparty")],
    ids=["Splunk On-Call", "PagerTree"],
)
def test_each_failure_is_an_incident_of_its_own_that_its_recovery_resolves(url: str, name: str) -> None:
    service = with_incident(url, "1:7:down:3")[0]

    assert (service.action, getattr(service, name)) == ("map", "1:7:down:3")


@pytest.mark.parametrize("kind", ["opsgenie", "jira"])
async def test_a_recovery_closes_the_alert_by_its_alias(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{kind}://{'k' * 36}"
    down, up = compose(facts()), compose(facts(event=NotificationEvent.UP, follows="1:7:down:3", is_over=True))
    with listening() as service:
        lookup = vars(importlib.import_module(f"apprise.plugins.{kind}"))[f"{kind.upper()}_API_LOOKUP"]
        monkeypatch.setitem(lookup, "us", f"http://{service.url}/v2/alerts")
        service.answer = b'{"requestId": "43a29c5c"}'
        await send(ChannelKind.APPRISE, {"url": url}, down, "1:7:down:3")
        service.status = 404  # as for an alert that somebody closed by hand
        await send(ChannelKind.APPRISE, {"url": url}, up, "1:7:up:3")
        service.status = 200
        await send(ChannelKind.APPRISE, {"url": f"{url}?alias=ours"}, up, "1:7:up:3")

    (opened_at, _headers, opened), (closed_at, _more, closed) = service.posted
    assert (opened_at, json.loads(opened)["alias"]) == ("/v2/alerts", "1:7:down:3")
    assert closed_at == "/v2/alerts/1%3A7%3Adown%3A3/close?identifierType=alias"
    assert "It was down for" in json.loads(closed)["note"]


async def test_an_incident_of_many_websites_ends_with_the_last_recovery(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = importlib.import_module("apprise.plugins.pagerduty")
    monkeypatch.setattr(plugin, "PAGERDUTY_API_LOOKUP", {"us": "http://127.0.0.1:9"})
    url = f"pagerduty://{'i' * 32}@{'r' * 20}"
    some = compose(facts(event=NotificationEvent.UP, follows="1:7:down:3"))
    all_of_two = [facts(event=NotificationEvent.UP, follows=key, is_over=True) for key in ("1:7:down:3", "1:8:down:4")]

    with listening() as service:
        monkeypatch.setitem(plugin.PAGERDUTY_API_LOOKUP, "us", f"http://{service.url}")
        service.status = 202
        answer = await send(ChannelKind.APPRISE, {"url": url}, some, "1:7:up:3")
        await send(ChannelKind.APPRISE, {"url": url}, digest(all_of_two, "https://watch.example/"), "1:7:up:3")

    told = [json.loads(body) for _path, _headers, body in service.posted]
    assert answer == "Not sent: other websites of its incident are still down."
    assert [(one["event_action"], one["dedup_key"]) for one in told] == [
        ("resolve", "1:7:down:3"),
        ("resolve", "1:8:down:4"),
    ]


async def test_a_recovery_without_a_sent_failure_ends_no_incident() -> None:
    up = compose(facts(event=NotificationEvent.UP))  # as by a rule for recoveries only

    answer = await send(ChannelKind.APPRISE, {"url": f"pagerduty://{'i' * 32}@{'r' * 20}"}, up, "1:7:up:3")

    assert answer == "Not sent: no incident is open that it could resolve."


@pytest.mark.parametrize(
    ("status", "told", "seconds"),
    [(429, "", 60), (429, "Retry-After: 7\r\n", 7), (503, "", 0), (503, "Retry-After: 300\r\n", 300)],
)
async def test_a_service_rests_as_long_as_it_asks_or_a_minute(status: int, told: str, seconds: int) -> None:
    answer = f"HTTP/1.1 {status} No\r\n{told}Content-Length: 0\r\n\r\n".encode()
    with (
        raw_server(lambda connection: connection.sendall(answer)) as server,
        pytest.raises(NotDelivered) as refused,
    ):
        await send(ChannelKind.APPRISE, {"url": server.url.replace("http:", "json:")}, MESSAGE, "key")

    assert refused.value.retry_after_seconds == seconds


async def test_a_refusal_has_the_services_own_words() -> None:
    with listening() as service:
        service.status = 403
        with pytest.raises(NotDelivered, match=r"^Failed to send JSON POST notification: .*403"):
            await send(ChannelKind.APPRISE, {"url": f"json://{service.url}/"}, MESSAGE, "key")


async def test_a_refusal_has_no_words_about_other_channels() -> None:
    others_refused = Event()

    def refuse_later(connection: socket.socket) -> None:
        others_refused.wait(30)
        connection.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")

    with raw_server(refuse_later) as slow, listening() as service:
        service.status = 403
        slow_url = slow.url.replace("http:", "json:")
        waiting = asyncio.ensure_future(send(ChannelKind.APPRISE, {"url": slow_url}, MESSAGE, "key"))
        await until(lambda: slow.requests)
        with pytest.raises(NotDelivered, match="403"):
            await send(ChannelKind.APPRISE, {"url": f"json://{service.url}/"}, MESSAGE, "key")
        others_refused.set()
        with pytest.raises(NotDelivered) as raised:
            await waiting

    assert "400" in str(raised.value) and "403" not in str(raised.value)


async def test_a_retry_ends_only_the_incidents_whose_ends_were_not_accepted(pagerduty: Service) -> None:
    keys = [f"1:{number}:down:{number}" for number in range(4)]
    ends = [facts(event=NotificationEvent.UP, follows=key, is_over=True, website_id=7) for key in keys]
    message = digest(ends, "https://watch.example/")

    pagerduty.statuses = [202, 202, 500]
    with pytest.raises(NotDelivered, match="500"):
        await send(ChannelKind.APPRISE, {"url": PAGERDUTY}, message, "1:7:up:3")
    pagerduty.statuses = []
    await send(ChannelKind.APPRISE, {"url": PAGERDUTY}, message, "1:7:up:3")

    told = [json.loads(body)["dedup_key"] for _path, _headers, body in pagerduty.posted]
    assert told == [*keys[:3], *keys[2:]]  # the attempt ended with the third


@pytest.mark.parametrize("url", ["slack://hushhush/x", "nosuchthing://hushhush", "workflows://h/hushhush"])
def test_an_unusable_url_is_not_logged(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert not is_known(url)

    assert "hushhush" not in caplog.text


async def test_a_url_of_an_unknown_service_is_refused() -> None:
    with pytest.raises(NotDelivered, match="Apprise does not recognise"):
        await send(ChannelKind.APPRISE, {"url": "nosuchthing://x"}, MESSAGE, "key")


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    with mail_server() as served:
        yield served


async def test_a_mail_has_text_and_escaped_html(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    message = Message(title="Shop is\r\nBcc: x@example.org down", text="<script>alert(1)</script>\nfine", payload={})

    answer = await send(ChannelKind.EMAIL, mail_to(port, "ada@example.org", "bob@example.org"), message, "1:1:down:1")

    (mail,) = box.mails
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert answer == "Accepted by 127.0.0.1 for 2 recipients."
    assert mail["subject"] == "Shop is Bcc: x@example.org down"
    assert mail["bcc"] is None
    assert mail["message-id"] == "<1.1.down.1@watchwright.example.org>"
    assert plain is not None and "<script>alert(1)</script>" in plain.get_content()
    assert html is not None and "&lt;script&gt;" in html.get_content() and "<script>" not in html.get_content()


@pytest.mark.parametrize("password", ["correct horse", "Käse und Brot"])
async def test_a_mail_server_receives_name_and_password(mailbox: tuple[Mailbox, int], password: str) -> None:
    box, port = mailbox
    address = mail_to(port, "ada@example.org") | {"username": "watch", "password": password}

    await send(ChannelKind.EMAIL, address, MESSAGE, "key")

    assert (box.logins, len(box.mails)) == ([("watch", password)], 1)


async def test_a_librarys_error_is_reported_as_not_delivered() -> None:
    address = mail_to(25, "ada@example.org") | {"host": "mail..example.org"}

    with pytest.raises(NotDelivered, match="Unicode.*label empty"):
        await send(ChannelKind.EMAIL, address, MESSAGE, "key")


async def test_a_refused_recipient_is_reported(mailbox: tuple[Mailbox, int]) -> None:
    _box, port = mailbox

    with pytest.raises(NotDelivered, match="550"):
        await send(ChannelKind.EMAIL, mail_to(port, "nobody@example.org"), MESSAGE, "key")


async def test_a_permanently_refused_recipient_causes_no_retry_for_the_others(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox

    answer = await send(ChannelKind.EMAIL, mail_to(port, "nobody@example.org", "ada@example.org"), MESSAGE, "key")

    assert len(box.mails) == 1
    assert answer == (
        "Accepted by 127.0.0.1 for 1 recipient. 127.0.0.1 refused nobody@example.org: 550 no such mailbox."
    )


async def test_a_temporarily_refused_recipient_causes_a_retry(mailbox: tuple[Mailbox, int]) -> None:
    _box, port = mailbox

    with pytest.raises(NotDelivered, match=r"grey@example\.org: 451 greylisted"):
        await send(ChannelKind.EMAIL, mail_to(port, "grey@example.org", "ada@example.org"), MESSAGE, "key")


async def test_a_retry_goes_only_to_recipients_that_were_refused_temporarily(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    address = mail_to(port, "grey@example.org", "ada@example.org", "nobody@example.org")
    for _attempt in range(2):
        with pytest.raises(NotDelivered, match=r"grey@example\.org: 451 greylisted"):
            await send(ChannelKind.EMAIL, address, MESSAGE, "key")
    box.is_greylisting = False

    answer = await send(ChannelKind.EMAIL, address, MESSAGE, "key")

    assert box.recipients == ["ada@example.org", "grey@example.org"]
    assert answer.startswith("Accepted by 127.0.0.1 for 2 recipients. 127.0.0.1 refused nobody@example.org: 550")


async def test_a_retry_without_remaining_recipients_succeeds(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(NotDelivered):
        await send(ChannelKind.EMAIL, mail_to(port, "grey@example.org", "ada@example.org"), MESSAGE, "key")

    answer = await send(ChannelKind.EMAIL, mail_to(port, "ada@example.org"), MESSAGE, "key")

    assert answer == "Accepted by 127.0.0.1 for 1 recipient."
    assert box.recipients == ["ada@example.org"]


async def test_a_retry_with_another_content_goes_to_all_recipients(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    address = mail_to(port, "grey@example.org", "ada@example.org")
    contents = [facts(), facts(website_id=8)]  # as if another failure has joined a digest
    for content in contents:
        with pytest.raises(NotDelivered):
            await send(ChannelKind.EMAIL, address, compose(content), "key")

    assert box.recipients == ["ada@example.org"] * 2


async def test_hidden_recipients_do_not_see_each_other(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    apart = Message(title="Uptime", text="99 %", payload={}, hides_recipients=True)

    await send(ChannelKind.EMAIL, mail_to(port, "ada@example.org", "bob@example.org"), apart, "report:1")
    await send(ChannelKind.EMAIL, mail_to(port, "ada@example.org"), apart, "report:2")

    assert [mail["to"] for mail in box.mails] == ["undisclosed-recipients:;", "ada@example.org"]
    assert box.recipients == ["ada@example.org", "bob@example.org", "ada@example.org"]
    assert "bob@" not in str(box.mails[0]) and box.mails[0]["bcc"] is None


async def test_nothing_is_sent_if_the_server_lacks_the_required_encryption(
    mailbox: tuple[Mailbox, int],
) -> None:
    box, port = mailbox

    with pytest.raises(NotDelivered, match="STARTTLS"):
        await send(ChannelKind.EMAIL, mail_to(port, "ada@example.org") | {"security": "starttls"}, MESSAGE, "key")

    assert box.mails == []


PICTURED = compose(
    facts(picture=Picture(data=b"\x89PNG and more", mime_type="image/png", link="https://watch.example/p"))
)


async def test_a_mail_shows_the_screenshot_and_links_to_the_page(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox

    answer = await send(ChannelKind.EMAIL, mail_to(port, "a@example.org"), PICTURED, "key")

    (mail,) = box.mails
    shown = next(part for part in mail.walk() if part.get_content_type() == "image/png")
    html = mail.get_body(("html",))
    assert html is not None
    assert answer == "Accepted by 127.0.0.1 for 1 recipient."
    assert shown.get_content() == b"\x89PNG and more"
    assert f'src="cid:{str(shown["content-id"]).strip("<>")}"' in html.get_content()
    assert "<a href=" in html.get_content()


async def test_a_service_with_attachments_gets_the_picture() -> None:
    with listening() as service:
        await send(ChannelKind.APPRISE, {"url": f"json://{service.url}/hook"}, PICTURED, "key")

    ((_path, _headers, body),) = service.posted
    (attached,) = json.loads(body)["attachments"]
    assert base64.b64decode(attached["base64"]) == b"\x89PNG and more"
    assert (attached["filename"], attached["mimetype"]) == ("screenshot.png", "image/png")
