"""Says in plain words why a proxy did not connect to a website. Pure."""

import re

from core.phrases import named_status

TUNNEL = re.compile(r"CONNECT tunnel failed, response (\d{3})")
SOCKS_REPLY = re.compile(r"cannot complete SOCKS5 connection to .*\((\d+)\)")
REPLIES = {  # RFC 1928, section 6
    2: "it does not allow this connection",
    3: "it has no route to that network",
    4: "that host did not answer it",
    5: "that host refused its connection",
    6: "its packets do not reach that host",
    8: "it does not support this kind of address",
}
REASONS = (  # part of libcurl's message, and our message
    (" over proxy ", "Watchwright cannot connect to the proxy"),
    ("Could not resolve proxy", "the name of the proxy could not be resolved (DNS)"),
    ("No authentication method", "it requires another way to sign in"),
    ("User was rejected", "it rejected the user name and the password"),
    ("aborted", "it closed the connection"),
    ("closed connection", "it closed the connection"),
    (" failure: ", "it closed the connection"),
    ("Invalid response header", "its answer is not valid HTTP"),
    ("SOCKS5 response", "its answer is not valid SOCKS"),
    ("SOCKS5 reply", "its answer is not valid SOCKS"),
)


def wrong_proxy(detail: str) -> str:
    """Return why a proxy did not connect; libcurl's own message *detail* where it is a rare one."""
    if (refused := TUNNEL.search(detail)) is not None:
        return f"it answered with status {named_status(int(refused[1]))}"
    if (replied := SOCKS_REPLY.search(detail)) is not None:
        return REPLIES.get(int(replied[1]), "it reports a failure of its own")
    return next((ours for theirs, ours in REASONS if theirs in detail), detail.rstrip("."))
