"""Asks the kernel whether this machine has a route to an address. Sends nothing."""

import errno
import fcntl
import socket
import struct

SIOCGIFFLAGS, SIOCGIFADDR = 0x8913, 0x8915  # netdevice(7), Linux
IFF_UP, IFF_RUNNING = 0x1, 0x40
REQUEST = struct.Struct("16s16x8x")  # struct ifreq
ANYWHERE = {4: "192.0.2.1", 6: "2001:db8::1"}  # RFC 5737, RFC 3849: nobody has them, so only the default route applies


def no_route_reason(address: str | None) -> str | None:
    """Return why this machine cannot send to *address*, or to the internet if that is None; None if it can.

    Detects a missing route and, for IPv4 on Linux, a link that is down. It cannot see faults further away.
    """
    if address is None:
        return _no_route_reason(ANYWHERE[4], "the internet") and _no_route_reason(ANYWHERE[6], "the internet")
    return _no_route_reason(address, address)


def _no_route_reason(target: str, words: str) -> str | None:
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))  # on a datagram socket this chooses a route and sends nothing
            source = str(probe.getsockname()[0])
            return _link_trouble(source) if family == socket.AF_INET else None
    except OSError as error:
        if error.errno in (errno.ENETUNREACH, errno.EADDRNOTAVAIL):
            return f"this machine has no route to {words}"
        return None


def _link_trouble(source: str) -> str | None:
    """Return what is wrong with the link that has the address *source*, if the system reports it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _index, name in socket.if_nameindex():
            if _ioctl(asking, SIOCGIFADDR, name)[20:24] == socket.inet_aton(source):
                flags = struct.unpack_from("H", _ioctl(asking, SIOCGIFFLAGS, name) or b"\xff" * 18, 16)[0]
                return None if flags & IFF_UP and flags & IFF_RUNNING else f"the link {name} of this machine is down"
    return None


def _ioctl(asking: socket.socket, what: int, name: str) -> bytes:
    try:
        return fcntl.ioctl(asking, what, REQUEST.pack(name.encode()))
    except OSError:  # the link has no such address, or this system has no such call
        return b""
