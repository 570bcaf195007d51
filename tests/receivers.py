"""Who gets messages: a service that is posted to, and a mailbox, each on loopback."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.serving import serving


class Service:
    """Keeps what is posted to it, and answers as it is told."""

    def __init__(self, port: int) -> None:
        self.url = f"127.0.0.1:{port}"
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200
        self.statuses: list[int] = []
        """For the next answers, before `status`."""
        self.answer = b"noted"


@contextmanager
def listening() -> Iterator[Service]:
    """A service on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            service.posted.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(service.statuses.pop(0) if service.statuses else service.status)
            self.end_headers()
            self.wfile.write(service.answer)

        do_GET = do_PUT = do_POST  # noqa: N815 - as the server calls them

    with serving(Handler) as port:
        service = Service(port)
        yield service


class Mailbox:
    """Accepts mail, except for ``nobody@…``, and for ``grey@…`` while it *is_greylisting*."""

    def __init__(self) -> None:
        self.is_greylisting = True
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.logins: list[tuple[str, str]] = []

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: Any) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        if self.is_greylisting and address.startswith("grey@"):
            return "451 greylisted"
        envelope.rcpt_tos.append(address)
        self.recipients.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """A mailbox and the port at which it takes mail."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=0, authenticator=box.authenticate, auth_require_tls=False)
    # Its own check that it listens asks port 0, so the socket is opened here and its port read off.
    loop = controller.loop
    thread = Thread(target=loop.run_forever)
    thread.start()
    serving = loop.create_server(controller.factory, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result()
    try:
        yield box, server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_finish(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def mail_to(port: int, *recipients: str) -> dict[str, Any]:
    """The address of an e-mail channel by a mail server at *port*."""
    return {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "watch@example.org",
        "recipients": list(recipients),
    }


async def _finish() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
