"""Confined code connects only to allowed addresses, reads no files and starts no programs."""

import _thread
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from core import confined as module
from core.addresses import AddressPolicy
from core.confined import Confinement, confined
from core.errors import NotDelivered
from core.models import ChannelKind
from core.notifications.channels import Sender
from core.notifications.message import Message
from tests.serving import serving

MESSAGE = Message(title="Shop is down", text="It burns.", payload={})
MAIL = {"sender": "watch@example.org", "recipients": ["ada@example.org"], "security": "none"}


def policy(*, allow: tuple[str, ...] = (), deny: tuple[str, ...] = (), own_port: int | None = None) -> AddressPolicy:
    return AddressPolicy.of(allow, deny, private=True, own_port=own_port)


@contextmanager
def listening() -> Iterator[tuple[int, list[Any]]]:
    """A port on loopback, and the connections to it."""
    met: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            while True:
                try:
                    connection, peer = server.accept()
                except OSError:
                    return
                met.append(peer)
                connection.close()

        thread = Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1], met
        with socket.create_connection(server.getsockname()) as last:
            last.recv(1)  # returns once closed; earlier connections were accepted before
        met.pop()
        server.shutdown(socket.SHUT_RDWR)  # ends accept()
        thread.join()


def channels(host: str, port: int) -> list[tuple[ChannelKind, dict[str, Any]]]:
    """Every way to send to one address."""
    return [
        (ChannelKind.WEBHOOK, {"url": f"http://{host}:{port}/"}),
        (ChannelKind.APPRISE, {"url": f"json://{host}:{port}/"}),
        (ChannelKind.APPRISE, {"url": f"mailto://{host}:{port}/?from=a@example.org&to=b@example.org&mode=insecure"}),
        (ChannelKind.EMAIL, {"host": host, "port": port} | MAIL),
    ]


@pytest.mark.parametrize("number", range(4), ids=["webhook", "Apprise", "Apprise's mail", "e-mail"])
@pytest.mark.parametrize(
    ("host", "closes"),
    [
        ("127.0.0.1", lambda port: policy(deny=("127.0.0.0/8",))),
        ("localhost", lambda port: policy(deny=("127.0.0.0/8", "::1"))),
        ("127.0.0.1", lambda port: policy(own_port=port)),
    ],
    ids=["deny list", "a name that leads there", "Watchwright itself"],
)
async def test_no_channel_connects_to_a_closed_address(
    number: int, host: str, closes: Callable[[int], AddressPolicy]
) -> None:
    with listening() as (port, met):
        kind, address = channels(host, port)[number]

        with pytest.raises(NotDelivered, match="WATCHWRIGHT_"):
            await Sender(closes(port).refusal)(kind, address, MESSAGE, "key")

    assert met == []


@pytest.mark.parametrize("number", range(4), ids=["webhook", "Apprise", "Apprise's mail", "e-mail"])
async def test_no_channel_connects_to_cloud_metadata(number: int) -> None:
    kind, address = channels("169.254.169.254", 80)[number]

    with pytest.raises(NotDelivered, match="clouds keep a machine's credentials"):
        await Sender(policy().refusal)(kind, address, MESSAGE, "key")


async def test_the_target_of_a_redirect_is_checked() -> None:
    class Redirects(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(307)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()

    with serving(Redirects) as port:
        url = f"json://127.0.0.1:{port}/?redirect=yes"
        with pytest.raises(NotDelivered, match=r"169\.254\.169\.254"):
            await Sender(policy().refusal)(ChannelKind.APPRISE, {"url": url}, MESSAGE, "key")


async def test_an_address_allowed_by_name_is_reached() -> None:
    with listening() as (port, met):
        allowing = policy(allow=("localhost",), deny=("*",))

        with pytest.raises(NotDelivered, match="closed|Disconnected|reset"):  # the server hangs up once it is reached
            await Sender(allowing.refusal)(
                ChannelKind.EMAIL, {"host": "localhost", "port": port} | MAIL, MESSAGE, "key"
            )

    assert met


async def test_no_file_of_this_machine_is_sent(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"content": "the key"}')
    url = f"discord://123456789012345678/{'t' * 64}/?template={secret}"

    with pytest.raises(NotDelivered, match="may not read files of this machine"):
        await Sender(policy(deny=("*",)).refusal)(ChannelKind.APPRISE, {"url": url}, MESSAGE, "key")


def _program() -> None:
    subprocess.run(["true"])


def _unix_socket() -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.connect("/var/run/docker.sock")


def _datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.sendto(b"out", ("169.254.169.254", 514))


def _name_that_only_the_system_resolves() -> None:
    with socket.socket() as made:
        made.connect(("localhost", 9))


@pytest.mark.parametrize("deed", [_program, _unix_socket, _datagram, _name_that_only_the_system_resolves])
def test_other_ways_out_are_refused(deed: Callable[[], None]) -> None:
    with confined(policy().refusal) as confinement, pytest.raises(PermissionError):
        deed()

    assert confinement.last_refusal


def test_threads_of_confined_code_are_confined() -> None:
    with confined(policy().refusal) as confinement:
        thread = Thread(target=_refused_datagram)
        thread.start()
    thread.join()

    assert confinement.last_refusal


def test_low_level_threads_are_refused() -> None:
    with confined(policy().refusal) as confinement, pytest.raises(PermissionError):
        _thread.start_new_thread(_datagram, ())

    assert confinement.last_refusal == "A channel may not start this thread, because it cannot be confined."


def test_without_network_only_files_may_be_read_but_addresses_are_checked(tmp_path: Path) -> None:
    (tmp_path / "authorities.pem").write_text("public")

    with confined(policy().refusal, "The collector", is_network_only=False) as confinement:
        assert (tmp_path / "authorities.pem").read_text() == "public"
        with pytest.raises(PermissionError):
            _datagram()

    assert confinement.last_refusal


def test_a_thread_pool_with_the_context_is_confined() -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()  # starts the pool's thread before the confinement
        with confined(policy().refusal) as confinement:
            pool.submit(copy_context().run, _refused_datagram).result()

    assert confinement.last_refusal


def _refused_datagram() -> None:
    with pytest.raises(PermissionError):
        _datagram()


def test_other_code_is_not_confined(tmp_path: Path) -> None:
    with confined(lambda _host, _address, _port: "nowhere"), pytest.raises(PermissionError):
        _datagram()

    (tmp_path / "file").write_text("open to us")
    with listening() as (port, met), socket.create_connection(("127.0.0.1", port)):
        pass

    assert len(met) == 1


def test_a_nested_confinement_ends_alone() -> None:
    with confined(lambda _host, _address, _port: "outer") as outer:
        with confined(lambda _host, _address, _port: None):
            pass
        with pytest.raises(PermissionError, match="outer"), socket.socket() as made:
            made.connect(("127.0.0.1", 9))

    assert isinstance(outer, Confinement)


def test_the_audit_hook_is_silent_at_interpreter_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JUDGED", "_held"):
        monkeypatch.setattr(module, name, None)

    module._on_event("open", ("/etc/passwd", "r", 0))
