"""Finds out what a port speaks after a failed TLS handshake: plain HTTP, or only obsolete TLS versions."""

import asyncio
import ssl
from contextlib import suppress

from core.diagnosis.look_facts import AttemptFact, SpokenFact
from core.monitoring.curl_errors import ProbeErrorKind

SECONDS = 3.0  # timeout of each attempt
FAILED = (
    ProbeErrorKind.TLS_PROTOCOL,
    ProbeErrorKind.TLS_FAILED,
    ProbeErrorKind.CLOSED_IN_TLS,
    ProbeErrorKind.TIMEOUT_TLS,
)
OLD = ("SSLv3", "TLSv1", "TLSv1.1")
PLAIN_REQUEST = b"HEAD / HTTP/1.0\r\n\r\n"


async def spoken_protocol(attempt: AttemptFact, host: str, port: int) -> SpokenFact | None:
    """Return what the address of *attempt* speaks; None unless its TLS handshake failed without a certificate error."""
    if attempt.error_kind not in FAILED or attempt.connect_ms is None:
        return None
    version, is_plain = await asyncio.gather(
        _tls_version(attempt.address, host, port), _is_plain_http(attempt.address, port)
    )
    return SpokenFact(tls_version=version, is_plain_http=is_plain)


async def _tls_version(address: str, host: str, port: int) -> str | None:
    """Return the TLS version of a handshake that accepts everything; None if even that fails."""
    version: str | None = None
    with suppress(OSError, TimeoutError, ssl.SSLError):
        async with asyncio.timeout(SECONDS):
            _reader, writer = await asyncio.open_connection(address, port, ssl=_lenient(), server_hostname=host)
        version = writer.get_extra_info("ssl_object").version()
        writer.transport.abort()
    return version


def _lenient() -> ssl.SSLContext:
    """Accept every version and cipher that OpenSSL supports; no data is sent over the connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def _is_plain_http(address: str, port: int) -> bool:
    answer = b""
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(PLAIN_REQUEST)
            answer = await reader.read(5)
        writer.transport.abort()
    return answer == b"HTTP/"
